// A child's end and its parent: what happens beside each other, and what a process left half done.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { NO_STEP, stepIdToUuid } from "../../engine/src/domain/ids.ts";
import { cancelCascades, settleChildEnds } from "../../engine/src/store/children.ts";
import type { Database } from "../../engine/src/store/database.ts";
import { claimLeases } from "../../engine/src/store/leases.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { fireTimers } from "../../engine/src/store/wake-ups.ts";
import { batches, Ends, ROUNDS } from "./rounds.ts";
import { commitItem, type HeldRun, outcome, Stage, step, stepIdOf } from "./stage.ts";

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

/** Parents that wait for a child each, which is leased. */
async function families(count: number, timeoutMs: number | null = null): Promise<Family[]> {
  const parents = await stage.startRuns(count);
  const items = parents.map((parent) => {
    const cause = stage.event("durable.invoke", "null");
    const child = { runId: cause.id, fence: null };
    const data = JSON.stringify({ run: cause.id, kind: "invoke", on_cancel: "cascade", depth: 1 });
    const decided = outcome("wait", {
      steps: [step("call", "pending", { op: "invoke", dueMs: timeoutMs })],
      effects: [{ kind: "child", stepId: stepIdOf("call"), data }],
    });
    return commitItem(parent, decided, { events: stage.rows({ ...cause, runs: [stage.run(child)] }) });
  });
  await commitOutcomes(stage.left, stage.engineId, items);
  const leases = await claimLeases(stage.left, stage.engineId, count);
  return items.map(({ events }, at) => {
    const child = leases.find(({ runId }) => runId === events!.entries[0]!.row.id);
    expect(child).toBeDefined();
    return { parent: parents[at]!, child: child! };
  });
}

async function family(timeoutMs: number | null = null): Promise<Family> {
  const [one] = await families(1, timeoutMs);
  return one!;
}

const cancel = (run: HeldRun) =>
  stage.right.sql`select durable.cancel_run(${run.workspaceId}, ${run.runId}, 'test', 'because')`;
const complete = (run: HeldRun, database: Database = stage.left) =>
  commitOutcomes(database, stage.engineId, [commitItem(run, outcome("completed", { result: '"done"' }))]);

async function tellAll(): Promise<void> {
  while ((await settleChildEnds(stage.left, 10)) + (await cancelCascades(stage.right, 10)) > 0);
}

async function statesOf(all: readonly Family[]) {
  const rows = await stage.database.sql`
    select p.id, coalesce(p.status, l.status) as parent, coalesce(c.status, 'alive') as child, s.status as entry, s.value, s.failure,
      l.journal_seq as head, (select count(*)::int from durable.ready q where q.workspace_id = p.workspace_id and q.run_id = p.id and q.step_id = ${NO_STEP}::uuid) as jobs,
      (select count(*)::int from durable.child_ends) + (select count(*)::int from durable.cascades) as owed
    from unnest(${all.map(({ parent }) => parent.runId)}::uuid[], ${all.map(({ child }) => child.runId)}::uuid[]) as f(parent, child)
    join durable.runs p on p.workspace_id = ${stage.workspaceId} and p.id = f.parent
    left join durable.live_runs l on l.workspace_id = p.workspace_id and l.run_id = p.id
    join durable.steps s on s.workspace_id = p.workspace_id and s.run_id = p.id and s.step_id = ${stepIdToUuid(stepIdOf("call"))}::uuid
    join durable.runs c on c.workspace_id = p.workspace_id and c.id = f.child`;
  const found = new Map(rows.map(({ id, ...state }) => [id as string, state]));
  return all.map(({ parent }) => found.get(parent.runId)!);
}

async function stateOf(both: Family) {
  const [state] = await statesOf([both]);
  return state!;
}

/** Nobody shall find it in another round. */
async function putAway({ parent }: Family): Promise<void> {
  await cancel(parent);
  await tellAll();
}

const TIMEOUT = { timeout: 300_000 };

test(
  "a child ends beside its parent's cancel: the parent is cancelled, the child ended once, nothing is owed",
  TIMEOUT,
  async () => {
    const ends = new Ends("completed");
    for (const count of ends.batches()) {
      const all = await families(count);
      for (const { parent, child } of all)
        await stage.race(
          () => complete(child),
          () => cancel(parent),
        );
      await tellAll();
      for (const { child, ...state } of await statesOf(all)) {
        expect(state).toMatchObject({ parent: "cancelled", entry: "cancelled", owed: 0 });
        ends.add(child);
      }
    }
  },
);

test("a cascade beside the child's end: cancelled or completed, and never both", TIMEOUT, async () => {
  const ends = new Ends("completed", "cancelled");
  for (const count of ends.batches()) {
    const all = await families(count);
    const expected: ("completed" | "cancelled")[] = [];
    for (const { parent, child } of all) {
      await cancel(parent);
      const [[committed]] = await stage.race(
        () => complete(child),
        () => cancelCascades(stage.right, 10),
      );
      expected.push(committed!.state === "applied" ? "completed" : "cancelled");
    }
    await tellAll();
    for (const [at, state] of (await statesOf(all)).entries()) {
      expect(state).toMatchObject({ parent: "cancelled", child: expected[at], owed: 0 });
      ends.add(expected[at]!);
    }
  }
});

test("two engines tell the same end: the parent gets it once, and has one job", TIMEOUT, async () => {
  for (const count of batches()) {
    const all = await families(count);
    for (const { child } of all) {
      await complete(child);
      await stage.race(
        () => settleChildEnds(stage.left, 10),
        () => settleChildEnds(stage.right, 10),
      );
    }
    for (const state of await statesOf(all))
      expect(state).toMatchObject({
        parent: "queued",
        child: "completed",
        entry: "ok",
        value: '"done"',
        head: 1,
        jobs: 1,
        owed: 0,
      });
    await stage.endAll();
    await tellAll();
  }
});

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

test(
  "a child that ends beside the timeout of its parent's step: one of the two is told",
  TIMEOUT,
  async () => {
    const ends = new Ends("err", "ok");
    // All timers that are due fire together, so these go one by one.
    for (const _ of ends.rounds(Math.min(ROUNDS, 300))) {
      const both = await family(0);
      await stage.race(
        () => complete(both.child),
        () => fireTimers(stage.right, 100),
      );
      await tellAll();
      await fireTimers(stage.right, 100);
      await tellAll();
      const state = await stateOf(both);
      expect(state).toMatchObject({ parent: "queued", head: 1, jobs: 1, owed: 0 });
      if (state["entry"] === "ok") expect(state["value"]).toBe('"done"');
      else expect(state["failure"]).toContain("InvokeTimeoutError");
      ends.add(state["entry"]);
      await putAway(both);
    }
  },
);
