import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { OutcomeKind } from "../../engine/src/domain/outcome.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { Ends } from "./rounds.ts";
import { commitItem, outcome, Stage, step } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(22);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

const KINDS: OutcomeKind[] = ["continue", "wait", "requeue", "completed", "failed", "paused"];

test("of two outcomes under one fence exactly one is applied and the other changes nothing", async () => {
  const wins = new Ends("left", "right");
  for (const round of wins.rounds()) {
    const run = await stage.startRun();
    const side = (name: "left" | "right") =>
      commitItem(
        run,
        outcome(stage.pick(KINDS), {
          steps: [
            step("first", "ok", { value: `"${name}"` }),
            step(`only-${name}`, "pending", { op: "sleep", dueMs: 60_000 }),
          ],
        }),
      );
    const items = { left: side("left"), right: side("right") };
    const [[left], [right]] = await stage.race(
      () => commitOutcomes(stage.left, stage.engineId, [items.left]),
      () => commitOutcomes(stage.right, stage.engineId, [items.right]),
    );
    expect([left!.state, right!.state].sort(), `round ${round}`).toEqual(["applied", "lost"]);
    const winner = left!.state === "applied" ? "left" : "right";
    wins.add(winner);

    const steps = await stage.database.sql`
      select name, seq, value from durable.steps where workspace_id = ${stage.workspaceId} and run_id = ${run.runId} order by seq nulls last`;
    expect([...steps]).toEqual([
      { name: "first", seq: 1, value: `"${winner}"` },
      { name: `only-${winner}`, seq: null, value: null },
    ]);
    const { kind } = items[winner].outcome;
    const [state] = await stage.database.sql`
      select r.status as ended, l.status as live, l.fence from durable.runs r
      left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id where r.workspace_id = ${stage.workspaceId} and r.id = ${run.runId}`;
    const ended = kind === "completed" || kind === "failed" || kind === "cancelled";
    expect(state).toEqual({
      ended: ended ? kind : null,
      live: ended
        ? null
        : { continue: "running", wait: "waiting", requeue: "queued", paused: "paused" }[kind],
      fence: ended ? null : items[winner].nextFence,
    });
  }
});
