// A child's end and its parent: what happens beside each other, and what a process left half done.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { NO_STEP, stepIdToUuid } from "../../engine/src/domain/ids.ts";
import { cancelCascades, settleChildEnds } from "../../engine/src/store/children.ts";
import type { Database } from "../../engine/src/store/database.ts";
import { claimLeases } from "../../engine/src/store/leases.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { fireTimers } from "../../engine/src/store/wake-ups.ts";
import { commitItem, type HeldRun, outcome, ROUNDS, Stage, step, stepIdOf } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(47);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

interface Family {
  readonly parent: HeldRun;
  readonly child: HeldRun;
}

/** A parent that waits for a child, which is leased. */
async function family(timeoutMs: number | null = null): Promise<Family> {
  const parent = await stage.startRun();
  const cause = stage.event("durable.invoke", "null");
  const child = cause.id;
  const events = stage.rows({
    ...cause,
    runs: [
      {
        runId: child,
        functionId: "racer",
        functionVersion: 1,
        fence: null,
        timeouts: [],
        mayBeCancelled: false,
        begin: null,
        shapes: null,
        gates: null,
        order: null,
      },
    ],
  });
  const decided = outcome("wait", {
    steps: [step("call", "pending", { op: "invoke", dueMs: timeoutMs })],
    effects: [
      {
        kind: "child",
        stepId: stepIdOf("call"),
        data: JSON.stringify({ run: child, kind: "invoke", on_cancel: "cascade", depth: 1 }),
      },
    ],
  });
  await commitOutcomes(stage.left, stage.engineId, [commitItem(parent, decided, { events })]);
  const [lease] = await claimLeases(stage.left, stage.engineId, 1);
  expect(lease!.runId).toBe(child);
  return { parent, child: lease! };
}

const cancel = (run: HeldRun) =>
  stage.right.sql`select durable.cancel_run(${run.workspaceId}, ${run.runId}, 'test', 'because')`;
const complete = (run: HeldRun, database: Database = stage.left) =>
  commitOutcomes(database, stage.engineId, [commitItem(run, outcome("completed", { result: '"done"' }))]);

async function tellAll(): Promise<void> {
  while ((await settleChildEnds(stage.left, 10)) + (await cancelCascades(stage.right, 10)) > 0);
}

async function stateOf({ parent, child }: Family) {
  const [row] = await stage.database.sql`
    select coalesce(p.status, l.status) as parent, coalesce(c.status, 'alive') as child, s.status as entry, s.value, s.failure,
      l.journal_seq as head, (select count(*)::int from durable.ready q where q.workspace_id = p.workspace_id and q.run_id = p.id and q.step_id = ${NO_STEP}::uuid) as jobs,
      (select count(*)::int from durable.child_ends) + (select count(*)::int from durable.cascades) as owed
    from durable.runs p left join durable.live_runs l on l.workspace_id = p.workspace_id and l.run_id = p.id
    join durable.steps s on s.workspace_id = p.workspace_id and s.run_id = p.id and s.step_id = ${stepIdToUuid(stepIdOf("call"))}::uuid
    join durable.runs c on c.workspace_id = p.workspace_id and c.id = ${child.runId}
    where p.workspace_id = ${stage.workspaceId} and p.id = ${parent.runId}`;
  return row!;
}

/** Nobody shall find it in another round. */
async function putAway({ parent }: Family): Promise<void> {
  await cancel(parent);
  await tellAll();
}

test("a child ends beside its parent's cancel: the parent is cancelled, the child ended once, nothing is owed", async () => {
  const seen: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    const both = await family();
    await stage.race(
      () => complete(both.child),
      () => cancel(both.parent),
    );
    await tellAll();
    const state = await stateOf(both);
    expect(state, `round ${round}`).toMatchObject({ parent: "cancelled", entry: "cancelled", owed: 0 });
    seen[state["child"]] = (seen[state["child"]] ?? 0) + 1;
  }
  expect(Object.keys(seen), JSON.stringify(seen)).toEqual(["completed"]);
}, 300_000);

test("a cascade beside the child's end: cancelled or completed, and never both", async () => {
  const seen: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    const both = await family();
    await cancel(both.parent);
    const [[committed]] = await stage.race(
      () => complete(both.child),
      () => cancelCascades(stage.right, 10),
    );
    await tellAll();
    const state = await stateOf(both);
    const expected = committed!.state === "applied" ? "completed" : "cancelled";
    expect(state, `round ${round}`).toMatchObject({ parent: "cancelled", child: expected, owed: 0 });
    seen[expected] = (seen[expected] ?? 0) + 1;
  }
  for (const end of ["completed", "cancelled"]) expect(seen[end], JSON.stringify(seen)).toBeGreaterThan(0);
}, 300_000);

test("two engines tell the same end: the parent gets it once, and has one job", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const both = await family();
    await complete(both.child);
    await stage.race(
      () => settleChildEnds(stage.left, 10),
      () => settleChildEnds(stage.right, 10),
    );
    expect(await stateOf(both), `round ${round}`).toMatchObject({
      parent: "queued",
      child: "completed",
      entry: "ok",
      value: '"done"',
      head: 1,
      jobs: 1,
      owed: 0,
    });
    await putAway(both);
  }
}, 300_000);

test("the engine died between the child's end and the parent's wake: another one tells it, once", async () => {
  const both = await family();
  await complete(both.child);
  // Nobody is told: all that is left of it is in the database.
  expect(await stateOf(both)).toMatchObject({ parent: "waiting", entry: "pending", owed: 1 });
  await tellAll();
  await tellAll();
  expect(await stateOf(both)).toMatchObject({
    parent: "queued",
    entry: "ok",
    value: '"done"',
    head: 1,
    owed: 0,
  });
  await putAway(both);
});

test("the engine died in the middle of a cascade: the cancel of a parent still reaches every generation", async () => {
  const both = await family();
  await cancel(both.parent);
  expect(await stateOf(both)).toMatchObject({ parent: "cancelled", child: "alive", owed: 1 });
  await tellAll();
  expect(await stateOf(both)).toMatchObject({ child: "cancelled", owed: 0 });
});

test("a child that ends beside the timeout of its parent's step: one of the two is told", async () => {
  const seen: Record<string, number> = {};
  for (let round = 0; round < Math.min(ROUNDS, 300); round += 1) {
    const both = await family(0);
    await stage.race(
      () => complete(both.child),
      () => fireTimers(stage.right, 100),
    );
    await tellAll();
    await fireTimers(stage.right, 100);
    await tellAll();
    const state = await stateOf(both);
    expect(state, `round ${round}`).toMatchObject({ parent: "queued", head: 1, jobs: 1, owed: 0 });
    if (state["entry"] === "ok") expect(state["value"]).toBe('"done"');
    else expect(state["failure"]).toContain("InvokeTimeoutError");
    seen[state["entry"]] = (seen[state["entry"]] ?? 0) + 1;
    await putAway(both);
  }
  expect(seen["err"], JSON.stringify(seen)).toBeGreaterThan(0);
}, 300_000);
