// Tasks beside everything that may take their lease or their race from them.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TaskOutcome } from "../../engine/src/domain/task-outcome.ts";
import { leaveEngine, rescueLeases } from "../../engine/src/store/engines.ts";
import { claimLeases, type Lease } from "../../engine/src/store/leases.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { commitTasks, type TaskCommitItem } from "../../engine/src/store/task-outcomes.ts";
import { fireTimers } from "../../engine/src/store/wake-ups.ts";
import { waitFor } from "../support/wait.ts";
import { batches, Ends } from "./rounds.ts";
import { commitItem, type HeldRun, NO_TIMES, outcome, Stage, step, stepIdOf } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(77);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

const SETTLED: TaskOutcome = {
  status: "ok",
  value: "1",
  failure: null,
  attempt: 1,
  transportAttempt: 0,
  retryMs: null,
  isCompensable: false,
  logs: null,
  record: { attempt: 1, outcome: "ok", failure: null },
};
const FAILED = '{"name":"Error","message":"no"}';
const RETRYING: TaskOutcome = {
  ...SETTLED,
  status: "retrying",
  value: null,
  failure: FAILED,
  retryMs: 0,
  record: { attempt: 1, outcome: "failed", failure: FAILED },
};

interface Planned {
  readonly run: HeldRun;
  /** Of its tasks, in the order of locks. */
  readonly leases: readonly Lease[];
}

/** Runs that wait for two planned steps each, whose tasks `engineId` holds. Their fences are those they were let go under. */
async function planMany(count: number, engineId = stage.engineId): Promise<Planned[]> {
  const runs = await letGoPlanned(count);
  return byRun(runs, await claimLeases(stage.database, engineId, 2 * count));
}

async function letGoPlanned(count: number): Promise<HeldRun[]> {
  const runs = await stage.startRuns(count);
  const items = runs.map((run) =>
    commitItem(
      run,
      outcome("wait", {
        steps: NAMES.map((name) => step(name, "pending", { attempt: 0 })),
        effects: NAMES.map((name) => ({ kind: "task", stepId: stepIdOf(name), data: '{"kind":"step"}' })),
      }),
    ),
  );
  for (const { state } of await commitOutcomes(stage.database, stage.engineId, items))
    expect(state).toBe("applied");
  return runs;
}
const NAMES = ["a", "b"];

function byRun(runs: readonly HeldRun[], leases: readonly Lease[]): Planned[] {
  return runs.map((run) => {
    const own = leases.filter(({ runId }) => runId === run.runId).toSorted(byStep);
    expect(own.map(({ stepId }) => stepId)).toEqual(NAMES.map(stepIdOf).toSorted());
    return { run, leases: own };
  });
}

async function planned(engineId = stage.engineId): Promise<Planned> {
  const [one] = await planMany(1, engineId);
  return one!;
}

const leaseOf = ({ leases }: Planned, name: string) =>
  leases.find(({ stepId }) => stepId === stepIdOf(name))!;

const ended = (lease: Lease, decided: TaskOutcome = SETTLED): TaskCommitItem => ({
  workspaceId: lease.workspaceId,
  runId: lease.runId,
  stepId: lease.stepId!,
  fence: lease.fence,
  outcome: decided,
  times: NO_TIMES,
});

async function commitAll(items: readonly TaskCommitItem[]): Promise<string[]> {
  if (items.length === 0) return [];
  const inLockOrder = items.toSorted((a, b) => compare(a.runId, b.runId) || byStep(a, b));
  return (await commitTasks(stage.database, inLockOrder)).map(({ state }) => state);
}

async function statesOf(runs: readonly HeldRun[]) {
  const rows = await stage.database.sql`
    select r.id, coalesce(r.status, l.status) as status, l.journal_seq,
      (select count(*)::int from durable.tasks where workspace_id = r.workspace_id and run_id = r.id) as tasks,
      (select count(*)::int from durable.ready where workspace_id = r.workspace_id and run_id = r.id) as jobs,
      (select count(*)::int from durable.timers where workspace_id = r.workspace_id and run_id = r.id) as timers,
      (select string_agg(status, ' ' order by name) from durable.steps where workspace_id = r.workspace_id and run_id = r.id and op = 'run') as steps,
      (select coalesce(string_agg(outcome, ' ' order by outcome), '') from durable.attempts where workspace_id = r.workspace_id and run_id = r.id) as attempts
    from durable.runs r left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
    where r.workspace_id = ${stage.workspaceId} and r.id = any(${runs.map(({ runId }) => runId)}::uuid[])`;
  const found = new Map(rows.map(({ id, ...state }) => [id as string, state]));
  return runs.map(({ runId }) => found.get(runId)!);
}

async function stateOf(run: HeldRun) {
  const [state] = await statesOf([run]);
  return state!;
}

/** What is queued ends. */
async function finish(): Promise<void> {
  const leases = await claimLeases(stage.database, stage.engineId, 200);
  await stage.complete(leases.filter(({ stepId }) => stepId === null));
  await commitAll(leases.filter(({ stepId }) => stepId !== null).map((lease) => ended(lease)));
}

const cancel = ({ workspaceId, runId }: HeldRun) =>
  stage.right.sql`select durable.cancel_run(${workspaceId}, ${runId}, 'test', null)`;

/** How a task's first outcome went: it is repeated by nobody. */
function once(state: string): "applied" | "lost" {
  if (state !== "applied" && state !== "lost") throw new Error(`nothing was repeated, and it is ${state}`);
  return state;
}

test("two results of one race at the same moment: both are recorded in an order, and the run is woken once", async () => {
  for (const count of batches()) {
    const all = await planMany(count);
    for (const { leases } of all) {
      const [[left], [right]] = await stage.race(
        () => commitTasks(stage.left, [ended(leases[0]!)]),
        () => commitTasks(stage.right, [ended(leases[1]!)]),
      );
      expect([left!.state, right!.state]).toEqual(["applied", "applied"]);
    }
    for (const state of await statesOf(all.map(({ run }) => run)))
      expect(state).toEqual({
        status: "queued",
        journal_seq: 2,
        tasks: 0,
        jobs: 1,
        timers: 0,
        steps: "ok ok",
        attempts: "ok ok",
      });
    await finish();
  }
});

test("a decided race and its loser's result never both count: settled before, or cancelled and late", async () => {
  const ends = new Ends("ok applied", "ok lost", "retrying applied", "retrying lost");
  for (const count of ends.batches()) {
    const all = await planMany(count);
    await commitAll(all.map((each) => ended(leaseOf(each, "a"))));
    const held = await claimLeases(stage.database, stage.engineId, count);
    const results: { run: HeldRun; isApplied: boolean; isSettled: boolean }[] = [];
    for (const each of all) {
      const { run } = each;
      const join = commitItem(held.find(({ runId }) => runId === run.runId)!, {
        ...outcome("wait", {
          steps: [step("race", "ok", { op: "join" }), step("nap", "pending", { op: "sleep", dueMs: 60_000 })],
          effects: [{ kind: "cancel", stepId: stepIdOf("b"), data: "{}" }],
        }),
      });
      const late = stage.pick([SETTLED, RETRYING]);
      const [, [result]] = await stage.race(
        () => commitOutcomes(stage.left, stage.engineId, [{ ...join, knownSeq: 1 }]),
        () => commitTasks(stage.right, [ended(leaseOf(each, "b"), late)]),
      );
      const isApplied = once(result!.state) === "applied";
      results.push({ run, isApplied, isSettled: isApplied && late === SETTLED });
      ends.add(`${late === SETTLED ? "ok" : "retrying"} ${isApplied ? "applied" : "lost"}`);
    }
    const states = await statesOf(results.map(({ run }) => run));
    for (const [at, { isApplied, isSettled }] of results.entries()) {
      const { steps, tasks, timers, attempts, status } = states[at]!;
      expect(steps).toBe(isSettled ? "ok ok" : "ok cancelled");
      expect([tasks, timers]).toEqual([0, 1]);
      expect(attempts).toBe(!isApplied ? "late ok" : isSettled ? "ok ok" : "failed ok");
      // The loser's result came before the run let go, so it must look again; or there was none.
      expect(status).toBe(isSettled ? "queued" : "waiting");
    }
    await stage.endAll();
  }
});

test("a cancel while tasks run, end, fail or are claimed leaves nothing of them", async () => {
  const ends = new Ends("applied", "lost");
  for (const count of ends.batches()) {
    const all = await planMany(count);
    await commitAll(all.map(({ leases }) => ended(leases[0]!, RETRYING)));
    await fireTimers(stage.database, count);
    for (const { run, leases } of all) {
      const [[committed]] = await stage.race(
        () => commitTasks(stage.left, [ended(leases[1]!, stage.pick([SETTLED, RETRYING]))]),
        () => cancel(run),
      );
      ends.add(once(committed!.state));
    }
    for (const state of await statesOf(all.map(({ run }) => run)))
      expect(state).toMatchObject({ status: "cancelled", tasks: 0, jobs: 0, timers: 0 });
    expect(await claimLeases(stage.database, stage.engineId, 10)).toEqual([]);
  }
});

test("a claim beside a cancel: a task is leased or gone, and its commit then late", async () => {
  for (const count of batches()) {
    const all = await planMany(count);
    // One run after the other becomes due, so that each round has only its own tasks to claim.
    await commitAll(
      all.flatMap(({ leases }, at) =>
        leases.map((lease) => ended(lease, { ...RETRYING, retryMs: at / 100 })),
      ),
    );
    const claimed: Lease[] = [];
    for (const { run } of all) {
      await waitFor("both to be due", async () => (await fireTimers(stage.database, 2)).fired === 2);
      const [leases] = await stage.race(
        () => claimLeases(stage.left, stage.engineId, 10),
        () => cancel(run),
      );
      for (const lease of leases) expect(lease.runId).toBe(run.runId);
      claimed.push(...leases);
    }
    for (const state of await commitAll(claimed.map((lease) => ended(lease)))) expect(state).toBe("lost");
    for (const state of await statesOf(all.map(({ run }) => run)))
      expect(state).toMatchObject({ status: "cancelled", tasks: 0, jobs: 0, timers: 0 });
  }
});

/** What tasks of dead engines come to: their new holders' results count, and no others. */
async function expectRescued(done: readonly (Planned & { readonly isApplied: boolean })[]): Promise<void> {
  const late = done.map(({ leases }) => ended(leases[1]!));
  const expectLost = async () => expect(new Set(await commitAll(late))).toEqual(new Set(["lost"]));
  await expectLost();
  const again = await claimLeases(stage.database, stage.engineId, 3 * done.length);
  for (const { run, isApplied } of done) {
    const own = again.filter(({ runId, stepId }) => runId === run.runId && stepId !== null);
    expect(own).toHaveLength(isApplied ? 1 : 2);
  }
  // Who held it before has another fence, and changes nothing.
  await expectLost();
  const tasks = again.filter(({ stepId }) => stepId !== null).map((lease) => ended(lease));
  expect(new Set(await commitAll(tasks))).toEqual(new Set(["applied"]));
  for (const state of await statesOf(done.map(({ run }) => run)))
    expect(state).toMatchObject({ journal_seq: 2, tasks: 0, steps: "ok ok" });
  await stage.complete(again.filter(({ stepId }) => stepId === null));
  await finish();
}

test("an engine killed while its tasks run: each is queued again under a new fence, or had been committed", async () => {
  const ends = new Ends("applied", "lost");
  for (const count of ends.batches()) {
    const runs = await letGoPlanned(count);
    const done: (Planned & { isApplied: boolean })[] = [];
    for (let round = 0; round < count; round += 1) {
      const engineId = await stage.newEngine(1);
      const leases = await claimLeases(stage.database, engineId, 2);
      const run = runs.find(({ runId }) => runId === leases[0]!.runId)!;
      await stage.database
        .sql`update durable.engines set seen_at = now() - interval '1 minute' where id = ${engineId}`;
      const [[committed], rescues] = await stage.race(
        () => commitTasks(stage.left, [ended(leases[0]!)]),
        () => rescueLeases(stage.right, 10),
      );
      const isApplied = once(committed!.state) === "applied";
      ends.add(isApplied ? "applied" : "lost");
      expect(rescues.map((rescue) => [rescue.engineId, rescue.runCount])).toEqual([
        [engineId, isApplied ? 1 : 2],
      ]);
      done.push({ run, leases, isApplied });
    }
    await expectRescued(done);
  }
});

test("a task that is lost with ten engines pauses its run, and a resume lets it go on", async () => {
  const { run } = await planned();
  const [row] = await stage.database.sql`
    update durable.tasks set lost = 9, engine_id = ${await stage.newEngine(1)} where run_id = ${run.runId}
      and step_id = ${stepIdOf("a")}::uuid returning engine_id`;
  await stage.database
    .sql`update durable.engines set seen_at = now() - interval '1 minute' where id = ${row!["engine_id"]}`;
  await rescueLeases(stage.database, 10);
  expect(await stateOf(run)).toMatchObject({ status: "paused", tasks: 2, jobs: 0 });
  await stage.expectInvariants();
  await stage.database.sql`select durable.requeue_stopped_tasks(${run.workspaceId}, ${run.runId})`;
  expect(await stateOf(run)).toMatchObject({ tasks: 2, jobs: 1 });
  await cancel(run);
});

test("an engine that leaves hands its tasks on", async () => {
  const engineId = await stage.newEngine(60_000);
  const { run } = await planned(engineId);
  expect(await leaveEngine(stage.database, engineId)).toBe(2);
  expect(await stateOf(run)).toMatchObject({ status: "waiting", tasks: 2, jobs: 2, attempts: "" });
  await finish();
  await finish();
});

test("a commit of tasks that is repeated says already, and one that came too late lost", async () => {
  const { leases } = await planned();
  const items = leases.map((lease, index) => ended(lease, index === 0 ? SETTLED : RETRYING)).sort(byStep);
  const states = async () => (await commitTasks(stage.database, items)).map((result) => result.state);
  expect(await states()).toEqual(["applied", "applied"]);
  expect(await states()).toEqual(["already", "already"]);
  await fireTimers(stage.database, 10);
  await finish();
  await finish();
  expect(await states()).toEqual(["already", "already"]);
});

function byStep(a: { readonly stepId: string | null }, b: { readonly stepId: string | null }): number {
  return compare(a.stepId!, b.stepId!);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
