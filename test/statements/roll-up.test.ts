import { afterAll, beforeAll, expect, test } from "vitest";
import { rollUp } from "../../engine/src/store/metrics.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { commitItem, outcome, Stage } from "../concurrency/stage.ts";

// Each start and each end is counted once: whoever rolls up, however many at once, and however late a commit comes.

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(51);
});
afterAll(() => stage.close());

async function counted() {
  const [row] = await stage.database.sql`
    select coalesce(sum(started), 0)::int as started, coalesce(sum(completed), 0)::int as completed,
      coalesce(sum(failed), 0)::int as failed from durable.metric_minutes`;
  return row;
}

async function endRuns(count: number, kind: "completed" | "failed") {
  const runs = await stage.startRuns(count);
  const result = kind === "failed" ? '{"name":"E","message":"m"}' : "1";
  await commitOutcomes(
    stage.left,
    stage.engineId,
    runs.map((run) => commitItem(run, { ...outcome(kind), result })),
  );
}

test("two that roll up at once count each change once", async () => {
  await endRuns(30, "completed");
  await endRuns(7, "failed");
  const reads = await Promise.all([rollUp(stage.left, 30), rollUp(stage.right, 30), rollUp(stage.left, 30)]);
  expect(reads.reduce((sum: number, read) => sum + (read ?? 0), 0)).toBe(74);
  expect(await counted()).toEqual({ started: 37, completed: 30, failed: 7 });
  const [phase] = await stage.database.sql`
    select sum(count)::int as count from durable.metric_phases where phase = 'total'`;
  expect(phase).toEqual({ count: 37 });
  const [backlog] = await stage.database.sql`select count(*)::int as count from durable.metric_backlogs`;
  expect(backlog).toEqual({ count: 0 });
});

test("who commits late is counted late, once, and those beside it at once", async () => {
  const before = await counted();
  const [run] = await stage.startRuns(1);
  await rollUp(stage.left, 30);
  const late = stage.right.sql`
    with late as (insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      values (${run!.workspaceId}, ${run!.runId}, 'run.completed', 0) returning 1)
    select pg_sleep(1) from late`.then((rows) => rows);
  const began = async () => {
    const [row] = await stage.database.sql`
      select count(*)::int as count from pg_stat_activity where query like '%late as%' and wait_event = 'PgSleep'`;
    return row!["count"];
  };
  await expect.poll(began).toBe(1);
  await endRuns(1, "completed");
  await rollUp(stage.left, 30);
  expect(await counted()).toEqual({
    ...before,
    started: before!["started"] + 2,
    completed: before!["completed"] + 1,
  });
  await late;
  for (let round = 0; round < 2; round += 1) await rollUp(stage.left, 30);
  expect(await counted()).toEqual({
    ...before,
    started: before!["started"] + 2,
    completed: before!["completed"] + 2,
  });
});

test("one that dies in the middle has counted nothing", async () => {
  const before = await counted();
  await endRuns(3, "completed");
  await expect(stage.database.sql.unsafe("select durable.roll_up(30); select 1 / 0")).rejects.toThrow(
    "division by zero",
  );
  expect(await counted()).toEqual(before);
  await rollUp(stage.left, 30);
  expect(await counted()).toMatchObject({ completed: before!["completed"] + 3 });
});

test("the backlog is counted once a minute, with the age of the oldest job; what is old goes", async () => {
  await stage.startRuns(4);
  await stage.database.sql`update durable.metric_cursor set sampled_at = '-infinity'`;
  await stage.database.sql`update durable.metric_minutes set minute = minute - interval '31 days'`;
  await rollUp(stage.left, 30);
  await rollUp(stage.left, 30);
  const rows = await stage.database.sql`select running, queued, circuit from durable.metric_backlogs`;
  expect([...rows]).toEqual([{ running: expect.any(Number), queued: 0, circuit: "closed" }]);
  expect(rows[0]!["running"]).toBeGreaterThanOrEqual(4);
  expect(await counted()).toEqual({ started: 4, completed: 0, failed: 0 });
});

test("the time that a run stood at limits counts each moment once, though its job went from gate to gate", async () => {
  const [run] = await stage.startRuns(1);
  // Ready since 20 s: 10 s at one gate, the other 10 s at the next, which keeps the beginning; and a step beside it.
  const zeros = "00000000-0000-0000-0000-000000000000";
  for (const [step, agoS] of [
    [zeros, 10],
    [zeros, 0],
    ["00000000-0000-0000-0000-000000000001", 5],
  ] as const) {
    await stage.database.sql`
      insert into durable.limit_waits (workspace_id, run_id, step_id, until, limit_id, since)
      values (${run!.workspaceId}, ${run!.runId}, ${step}, now() - ${agoS}::int * interval '1 second', gen_random_uuid(),
        now() - interval '20 seconds')`;
  }
  await commitOutcomes(stage.left, stage.engineId, [
    commitItem(run!, { ...outcome("completed"), result: "1" }),
  ]);
  await rollUp(stage.left, 30);
  const [total] = await stage.database.sql`
    select round(sum(sum_ms) / 1000)::int as seconds from durable.metric_phase_totals where phase = 'limit'`;
  expect(total).toEqual({ seconds: 20 });
});
