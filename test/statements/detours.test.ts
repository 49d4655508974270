import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { commitItem, outcome, Stage, step, stepIdOf } from "../concurrency/stage.ts";

// Where replays left the recorded path: one row per recorded step, whatever an app says and however often.

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(48);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

type Run = Awaited<ReturnType<Stage["startRun"]>>;

/** Commits so many outcomes, one after the other, each of which says what it left out and began. */
async function commit(run: Run, ...told: readonly [left: string, began: string, certain: boolean][]) {
  let { fence } = run;
  for (const [index, [left, began, certain]] of told.entries()) {
    const detour = { left: stepIdOf(left), began: stepIdOf(began), frame: "src/f.ts:1:2", certain };
    const steps =
      index === 0
        ? [step("a", "ok"), step("open", "pending", { op: "sleep", dueMs: 60_000 })]
        : [step(began, "ok")];
    const effects = [{ kind: "detour", stepId: detour.began, data: JSON.stringify(detour) }] as const;
    const item = commitItem({ ...run, fence }, outcome("continue", { steps, effects }), {
      knownSeq: index === 0 ? 0 : index,
    });
    const [result] = await commitOutcomes(stage.left, stage.engineId, [item]);
    expect(result!.state).toBe("applied");
    fence = item.nextFence;
  }
}

const shown = ({ runId }: Run) =>
  stage.database.sql`
    select s.name, d.began_id = ${stepIdOf("b")}::uuid as is_b, d.frame, d.is_certain from durable.detours d
    join durable.steps s using (workspace_id, run_id, step_id) where run_id = ${runId}`;

test("it is told once, as it was told first", async () => {
  const run = await stage.startRun();
  await commit(run, ["nothing", "x", true], ["a", "b", false], ["a", "c", true]);
  expect([...(await shown(run))]).toEqual([
    { name: "a", is_b: true, frame: "src/f.ts:1:2", is_certain: false },
  ]);
});

test("what is no entry, or has no result, cannot have been left out", async () => {
  const run = await stage.startRun();
  await commit(run, ["nothing", "x", true], ["open", "b", true], ["nothing", "c", true]);
  expect([...(await shown(run))]).toEqual([]);
});
