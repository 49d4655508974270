import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { drainEngine, leaveEngine } from "../../engine/src/store/engines.ts";
import { claimLeases } from "../../engine/src/store/leases.ts";
import { Stage } from "../concurrency/stage.ts";
import { waitFor } from "../support/wait.ts";

// Its claim committed and the answer was lost, then it was told to leave: it holds what it does not know of.

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(45);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

test("an engine that leaves hands on the leases it does not know of, under new fences", async () => {
  const leaving = await stage.newEngine(60_000);
  const runs = [await stage.startRun(leaving), await stage.startRun(leaving)];
  const kept = await stage.startRun();
  await drainEngine(stage.left, leaving);
  expect(await leaveEngine(stage.left, leaving)).toBe(2);
  const claimed = await claimLeases(stage.right, stage.engineId, 10);
  expect(claimed.map((lease) => lease.runId).sort()).toEqual(runs.map((run) => run.runId).sort());
  for (const run of [...runs, kept]) expect(claimed.map((lease) => lease.fence)).not.toContain(run.fence);
});

test("leaving twice, or after being declared dead, changes nothing", async () => {
  const leaving = await stage.newEngine(60_000);
  await stage.startRun(leaving);
  expect(await leaveEngine(stage.left, leaving)).toBe(1);
  expect(await leaveEngine(stage.left, leaving)).toBe(0);
  const dead = await stage.newEngine(60_000);
  await stage.database.sql`update durable.engines set state = 'dead' where id = ${dead}`;
  expect(await leaveEngine(stage.left, dead)).toBe(0);
  const [row] = await stage.database.sql`select state from durable.engines where id = ${dead}`;
  expect(row!["state"]).toBe("dead");
});

test("a birth that is still under way on a lost connection is waited for", async () => {
  const leaving = await stage.newEngine(60_000);
  const run = await stage.startRun();
  const birth = stage.right.sql
    .unsafe(
      `select 1 from durable.engines where id = ${leaving} and state = 'live' for key share;
       select pg_sleep(0.3);
       update durable.live_runs set engine_id = ${leaving} where run_id = '${run.runId}'`,
    )
    .execute();
  await waitFor("the lock to be held", async () => {
    const [row] = await stage.database.sql`
      select count(*)::int as count from pg_stat_activity where application_name = 'right' and wait_event = 'PgSleep'`;
    return row!["count"] === 1;
  });
  expect(await leaveEngine(stage.left, leaving)).toBe(1);
  await birth;
});
