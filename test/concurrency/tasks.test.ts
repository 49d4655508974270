// Tasks beside everything that may take their lease or their race from them.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TaskOutcome } from "../../engine/src/domain/task-outcome.ts";
import { leaveEngine, rescueLeases } from "../../engine/src/store/engines.ts";
import { claimLeases, type Lease } from "../../engine/src/store/leases.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { commitTasks, type TaskCommitItem } from "../../engine/src/store/task-outcomes.ts";
import { fireTimers } from "../../engine/src/store/wake-ups.ts";
import { commitItem, type HeldRun, NO_TIMES, outcome, ROUNDS, Stage, step, stepIdOf } from "./stage.ts";

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

/** A run that waits for two planned steps, whose tasks this engine holds. Its fence is the one it was let go under. */
async function planned(engineId = stage.engineId): Promise<{ run: HeldRun; leases: Lease[] }> {
  const run = await stage.startRun();
  const names = ["a", "b"];
  const item = commitItem(
    run,
    outcome("wait", {
      steps: names.map((name) => step(name, "pending", { attempt: 0 })),
      effects: names.map((name) => ({ kind: "task", stepId: stepIdOf(name), data: '{"kind":"step"}' })),
    }),
  );
  expect((await commitOutcomes(stage.database, stage.engineId, [item]))[0]!.state).toBe("applied");
  const leases = await claimLeases(stage.database, engineId, 10);
  expect(leases.map((lease) => lease.stepId).sort()).toEqual(names.map(stepIdOf).sort());
  return { run, leases };
}

const ended = (lease: Lease, decided: TaskOutcome = SETTLED): TaskCommitItem => ({
  workspaceId: lease.workspaceId,
  runId: lease.runId,
  stepId: lease.stepId!,
  fence: lease.fence,
  outcome: decided,
  times: NO_TIMES,
});

async function stateOf({ runId }: HeldRun) {
  const [row] = await stage.database.sql`
    select coalesce(r.status, l.status) as status, l.journal_seq,
      (select count(*)::int from durable.tasks where workspace_id = r.workspace_id and run_id = r.id) as tasks,
      (select count(*)::int from durable.ready where workspace_id = r.workspace_id and run_id = r.id) as jobs,
      (select count(*)::int from durable.timers where workspace_id = r.workspace_id and run_id = r.id) as timers,
      (select string_agg(status, ' ' order by name) from durable.steps where workspace_id = r.workspace_id and run_id = r.id and op = 'run') as steps,
      (select coalesce(string_agg(outcome, ' ' order by outcome), '') from durable.attempts where workspace_id = r.workspace_id and run_id = r.id) as attempts
    from durable.runs r left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id where r.workspace_id = ${stage.workspaceId} and r.id = ${runId}`;
  return row!;
}

async function finish(): Promise<void> {
  const leases = await claimLeases(stage.database, stage.engineId, 10);
  for (const lease of leases) {
    if (lease.stepId !== null) await commitTasks(stage.database, [ended(lease)]);
    else await commitOutcomes(stage.database, stage.engineId, [commitItem(lease, outcome("completed"))]);
  }
}

test("two results of one race at the same moment: both are recorded in an order, and the run is woken once", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { run, leases } = await planned();
    const [[left], [right]] = await stage.race(
      () => commitTasks(stage.left, [ended(leases[0]!)]),
      () => commitTasks(stage.right, [ended(leases[1]!)]),
    );
    expect([left!.state, right!.state]).toEqual(["applied", "applied"]);
    expect(await stateOf(run), `round ${round}`).toEqual({
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
  const seen: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    const { run, leases } = await planned();
    const winner = leases.find((lease) => lease.stepId === stepIdOf("a"))!;
    const loser = leases.find((lease) => lease.stepId === stepIdOf("b"))!;
    await commitTasks(stage.database, [ended(winner)]);
    const [held] = await claimLeases(stage.database, stage.engineId, 10);
    const join = commitItem(held!, {
      ...outcome("wait", {
        steps: [step("race", "ok", { op: "join" }), step("nap", "pending", { op: "sleep", dueMs: 60_000 })],
        effects: [{ kind: "cancel", stepId: stepIdOf("b"), data: "{}" }],
      }),
    });
    const late = stage.pick([SETTLED, RETRYING]);
    const [, [result]] = await stage.race(
      () => commitOutcomes(stage.left, stage.engineId, [{ ...join, knownSeq: 1 }]),
      () => commitTasks(stage.right, [ended(loser, late)]),
    );
    const { steps, tasks, timers, attempts, status } = await stateOf(run);
    const settled = result!.state === "applied" && late === SETTLED;
    seen[`${late.status} ${result!.state}`] = (seen[`${late.status} ${result!.state}`] ?? 0) + 1;
    expect(steps, `round ${round}`).toBe(settled ? "ok ok" : "ok cancelled");
    expect([tasks, timers]).toEqual([0, 1]);
    expect(attempts).toBe(result!.state === "lost" ? "late ok" : settled ? "ok ok" : "failed ok");
    // The loser's result came before the run let go, so it must look again; or there was none.
    expect(status).toBe(settled ? "queued" : "waiting");
    await stage.database.sql`select durable.cancel_run(${run.workspaceId}, ${run.runId}, 'test', null)`;
  }
  for (const kind of ["ok applied", "ok lost", "retrying applied", "retrying lost"]) {
    expect(seen[kind], JSON.stringify(seen)).toBeGreaterThan(0);
  }
});

test("a cancel while tasks run, end, fail or are claimed leaves nothing of them", async () => {
  const seen = { applied: 0, lost: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const { run, leases } = await planned();
    await commitTasks(stage.database, [ended(leases[0]!, RETRYING)]);
    await fireTimers(stage.database, 10);
    const [[committed]] = await stage.race(
      () => commitTasks(stage.left, [ended(leases[1]!, stage.pick([SETTLED, RETRYING]))]),
      () => stage.right.sql`select durable.cancel_run(${run.workspaceId}, ${run.runId}, 'test', null)`,
    );
    if (committed!.state === "already") throw new Error("nothing was repeated");
    seen[committed!.state] += 1;
    const found = await stateOf(run);
    expect(found, `round ${round}`).toMatchObject({ status: "cancelled", tasks: 0, jobs: 0, timers: 0 });
    expect(await claimLeases(stage.database, stage.engineId, 10)).toEqual([]);
  }
  expect(Math.min(seen.applied, seen.lost), JSON.stringify(seen)).toBeGreaterThan(0);
});

test("a claim beside a cancel: a task is leased or gone, and its commit then late", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { run, leases } = await planned();
    await commitTasks(stage.database, leases.map((lease) => ended(lease, RETRYING)).sort(byStep));
    await fireTimers(stage.database, 10);
    const [claimed] = await stage.race(
      () => claimLeases(stage.left, stage.engineId, 10),
      () => stage.right.sql`select durable.cancel_run(${run.workspaceId}, ${run.runId}, 'test', null)`,
    );
    for (const lease of claimed) {
      expect((await commitTasks(stage.database, [ended(lease)]))[0]!.state, `round ${round}`).toBe("lost");
    }
    expect(await stateOf(run)).toMatchObject({ status: "cancelled", tasks: 0, jobs: 0, timers: 0 });
  }
});

test("an engine killed while its tasks run: each is queued again under a new fence, or had been committed", async () => {
  const seen = { applied: 0, lost: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const engineId = await stage.newEngine(1);
    const { run, leases } = await planned(engineId);
    await stage.database
      .sql`update durable.engines set seen_at = now() - interval '1 minute' where id = ${engineId}`;
    const [[committed], rescues] = await stage.race(
      () => commitTasks(stage.left, [ended(leases[0]!)]),
      () => rescueLeases(stage.right, 10),
    );
    if (committed!.state === "already") throw new Error("nothing was repeated");
    seen[committed!.state] += 1;
    const applied = committed!.state === "applied";
    expect(rescues.map((rescue) => [rescue.engineId, rescue.runCount])).toEqual([
      [engineId, applied ? 1 : 2],
    ]);
    expect((await commitTasks(stage.database, [ended(leases[1]!)]))[0]!.state).toBe("lost");
    const again = await claimLeases(stage.database, stage.engineId, 10);
    expect(again.filter((lease) => lease.stepId !== null)).toHaveLength(applied ? 1 : 2);
    // Who held it before has another fence, and changes nothing.
    expect((await commitTasks(stage.database, [ended(leases[1]!)]))[0]!.state).toBe("lost");
    for (const lease of again.filter(({ stepId }) => stepId !== null)) {
      expect((await commitTasks(stage.database, [ended(lease)]))[0]!.state).toBe("applied");
    }
    expect(await stateOf(run), `round ${round}`).toMatchObject({ journal_seq: 2, tasks: 0, steps: "ok ok" });
    for (const lease of again.filter(({ stepId }) => stepId === null)) {
      await commitOutcomes(stage.database, stage.engineId, [commitItem(lease, outcome("completed"))]);
    }
    await finish();
  }
  expect(Math.min(seen.applied, seen.lost), JSON.stringify(seen)).toBeGreaterThan(0);
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
  await stage.database.sql`select durable.cancel_run(${run.workspaceId}, ${run.runId}, 'test', null)`;
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

function byStep(a: TaskCommitItem, b: TaskCommitItem): number {
  return a.stepId < b.stepId ? -1 : 1;
}
