import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { commitItem, NO_TIMES, outcome, Stage, step } from "../concurrency/stage.ts";

// A move of a run that is being executed takes effect at its next commit, and at no other.

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(47);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

type Run = Awaited<ReturnType<Stage["startRun"]>>;

async function move({ workspaceId, runId }: Run): Promise<string> {
  const [row] = await stage.database.sql`
    select durable.move_run(${workspaceId}, ${runId}, 'test', null, null) as status`;
  return row!["status"];
}

async function live({ runId }: Run) {
  const [row] = await stage.database
    .sql`select status, moving, engine_id is not null as leased from durable.live_runs where run_id = ${runId}`;
  return row;
}

const TIMES = { ...NO_TIMES, leased: 1_700_000_000 };
const commit = (item: ReturnType<typeof commitItem>) =>
  commitOutcomes(stage.left, stage.engineId, [item]).then(([result]) => result!.state);

test("the holder lets go at its next continue, and hears so as often as it commits that", async () => {
  const run = await stage.startRun();
  expect(await move(run)).toBe("running");
  expect(await live(run)).toEqual({ status: "running", moving: true, leased: true });
  const item = commitItem(run, outcome("continue", { steps: [step("a", "ok")] }), { times: TIMES });
  expect(await commit(item)).toBe("moved");
  expect(await live(run)).toEqual({ status: "queued", moving: false, leased: false });
  expect(await commit(item)).toBe("moved");
  const changes = await stage.database
    .sql`select kind from durable.changes where run_id = ${run.runId} order by position`;
  expect(changes.map(({ kind }) => kind).slice(-2)).toEqual(["run.moved", "run.requeue"]);
});

test("a checkpoint leaves the lease where it is and the move to the answer, and says that there is one", async () => {
  const run = await stage.startRun();
  await move(run);
  const checkpoint = commitItem(run, outcome("continue", { steps: [step("a", "ok")] }));
  expect(await commit(checkpoint)).toBe("wanted");
  expect(await live(run)).toEqual({ status: "running", moving: true, leased: true });
  const sleep = step("b", "pending", { op: "sleep", dueMs: 60_000 });
  const end = commitItem({ ...run, fence: checkpoint.nextFence }, outcome("wait", { steps: [sleep] }), {
    times: TIMES,
    knownSeq: 1,
  });
  expect(await commit(end)).toBe("applied");
  expect(await live(run)).toEqual({ status: "waiting", moving: false, leased: false });
});

test("a run that ends or is cancelled is not moved any more", async () => {
  const [done, cancelled] = [await stage.startRun(), await stage.startRun()];
  for (const run of [done, cancelled]) await move(run);
  expect(await commit(commitItem(done, outcome("completed"), { times: TIMES }))).toBe("applied");
  await stage.database
    .sql`select durable.cancel_run(${cancelled.workspaceId}, ${cancelled.runId}, 'test', null)`;
  expect([await move(done), await move(cancelled)]).toEqual(["completed", "cancelled"]);
});

test("a pause that was asked for too goes first", async () => {
  const run = await stage.startRun();
  await move(run);
  await stage.database.sql`
    select durable.pause_run(${run.workspaceId}, ${run.runId}, 'test', null, '{"name":"Paused","message":"by test"}')`;
  expect(await commit(commitItem(run, outcome("continue"), { times: TIMES }))).toBe("paused");
  expect(await live(run)).toEqual({ status: "paused", moving: false, leased: false });
});

test("a planned step that waits for its deployment goes at once; one that its own code failed waits on", async () => {
  const run = await stage.startRun();
  const planned = ["gone", "failed"].map((name) => step(name, "pending", { attempt: 0 }));
  const effects = planned.map(({ id }) => ({ kind: "task", stepId: id, data: '{"kind":"step"}' }) as const);
  expect(await commit(commitItem(run, outcome("wait", { steps: planned, effects }), { times: TIMES }))).toBe(
    "applied",
  );
  const { sql } = stage.database;
  await sql`delete from durable.ready where run_id = ${run.runId}`;
  await sql`
    update durable.tasks t set status = 'waiting', ready_rank = null, transport_attempt = case s.name when 'gone' then 3 else 0 end
    from durable.steps s where s.run_id = t.run_id and s.step_id = t.step_id and t.run_id = ${run.runId}`;
  await sql`
    insert into durable.timers (workspace_id, run_id, step_id, kind, due_at)
    select workspace_id, run_id, step_id, 'task', durable.durable_now() + interval '5 minutes'
    from durable.tasks where run_id = ${run.runId}`;
  expect(await move(run)).toBe("waiting");
  const tasks = await sql`
    select s.name, t.status, t.transport_attempt, r.rank is not null as ready, m.due_at is not null as timed
    from durable.tasks t join durable.steps s on s.run_id = t.run_id and s.step_id = t.step_id
    left join durable.ready r on r.run_id = t.run_id and r.step_id = t.step_id
    left join durable.timers m on m.run_id = t.run_id and m.step_id = t.step_id
    where t.run_id = ${run.runId} order by s.name desc`;
  expect(tasks).toEqual([
    { name: "gone", status: "queued", transport_attempt: 0, ready: true, timed: false },
    { name: "failed", status: "waiting", transport_attempt: 0, ready: false, timed: true },
  ]);
});
