import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { OutcomeKind } from "../../engine/src/domain/outcome.ts";
import { claimLeases } from "../../engine/src/store/leases.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { commitItem, type HeldRun, outcome, ROUNDS, Stage, step, waitFor } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(33);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

const KINDS: OutcomeKind[] = ["continue", "wait", "requeue", "completed"];

async function cancel(run: HeldRun): Promise<string> {
  const [row] = await stage.right.sql`
    select durable.cancel_run(${run.workspaceId}, ${run.runId}, 'test', 'because') as status`;
  return row!["status"];
}

async function leftOf(run: HeldRun) {
  const [row] = await stage.database.sql`
    select r.status,
      (select count(*)::int from durable.live_runs where workspace_id = r.workspace_id and run_id = r.id) as live,
      (select count(*)::int from durable.ready where workspace_id = r.workspace_id and run_id = r.id) as ready,
      (select count(*)::int from durable.timers where workspace_id = r.workspace_id and run_id = r.id) as timers,
      (select count(*)::int from durable.waits where workspace_id = r.workspace_id and run_id = r.id) as waits,
      (select count(*)::int from durable.changes where workspace_id = r.workspace_id and run_id = r.id
        and kind in ('run.completed', 'run.failed', 'run.cancelled')) as ends
    from durable.runs r where r.workspace_id = ${stage.workspaceId} and r.id = ${run.runId}`;
  return row!;
}

test("a cancelled run stays cancelled, whatever is committed beside it", async () => {
  const seen: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    const run = await stage.startRun();
    const kind = stage.pick(KINDS);
    const item = commitItem(
      run,
      outcome(kind, {
        steps: [
          step("first", "ok"),
          step("nap", "pending", { op: "sleep", dueMs: 60_000 }),
          step("hope", "pending", { op: "wait", dueMs: 60_000 }),
        ],
        effects: [waitFor("hope", "hope")],
      }),
    );
    const [[committed], answer] = await stage.race(
      () => commitOutcomes(stage.left, stage.engineId, [item]),
      () => cancel(run),
    );
    seen[`${committed!.state}, then ${answer}`] = (seen[`${committed!.state}, then ${answer}`] ?? 0) + 1;
    const ended = kind === "completed" && committed!.state === "applied" ? "completed" : "cancelled";
    expect(answer, `round ${round}`).toBe(ended);
    expect(await leftOf(run)).toEqual({ status: ended, live: 0, ready: 0, timers: 0, waits: 0, ends: 1 });

    // What comes later finds nothing: the holder's next commit, and whoever looks for work.
    const late = commitItem({ ...run, fence: item.nextFence }, outcome("completed"));
    const [again] = await commitOutcomes(stage.left, stage.engineId, [late]);
    expect(again!.state).toBe("lost");
    expect((await leftOf(run))["status"]).toBe(ended);
  }
  for (const outcome of ["applied, then cancelled", "lost, then cancelled", "applied, then completed"]) {
    expect(seen[outcome], JSON.stringify(seen)).toBeGreaterThan(0);
  }
});

test("a cancelled job is never leased, whoever comes first", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const run = await stage.startRun();
    await commitOutcomes(stage.left, stage.engineId, [commitItem(run, outcome("requeue"))]);
    const [leases, answer] = await stage.race(
      () => claimLeases(stage.left, stage.engineId, 10),
      () => cancel(run),
    );
    expect(answer, `round ${round}`).toBe("cancelled");
    expect(await leftOf(run)).toEqual({
      status: "cancelled",
      live: 0,
      ready: 0,
      timers: 0,
      waits: 0,
      ends: 1,
    });
    for (const lease of leases) {
      const [late] = await commitOutcomes(stage.left, stage.engineId, [
        commitItem(lease, outcome("completed")),
      ]);
      expect(late!.state).toBe("lost");
    }
    expect(await claimLeases(stage.left, stage.engineId, 10)).toEqual([]);
  }
});
