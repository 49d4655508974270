// A job whose row somebody else has at this moment is left, and the claim says so: nobody would look again for a while.
import { afterAll, beforeAll, expect, test } from "vitest";
import { claimLeases } from "../../engine/src/store/leases.ts";
import { Stage } from "../concurrency/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(47);
});
afterAll(() => stage.close());

test("a claim waits for nobody, and tells of what it left", async () => {
  const { workspaceId, runId } = await stage.startRun();
  await stage.database.sql`
    update durable.live_runs set status = 'queued', engine_id = null, ready_rank = 7 where run_id = ${runId}`;
  await stage.database
    .sql`insert into durable.ready (rank, workspace_id, run_id) values (7, ${workspaceId}, ${runId})`;
  const claim = async () => {
    let left = 0;
    const leases = await claimLeases(
      stage.right,
      stage.engineId,
      10,
      () => expect.unreachable(),
      () => {
        left += 1;
      },
    );
    return { leases: leases.map((lease) => lease.runId), left };
  };
  const had = stage.left.sql`
    select pg_sleep(1.047) from (select 1 from durable.live_runs where run_id = ${runId} for key share) as row`;
  const isHad = async () => {
    const [row] = await stage.database.sql<{ is: boolean }[]>`
      select exists (select 1 from pg_stat_activity where wait_event = 'PgSleep' and query like '%pg_sleep(1.047)%') as is`;
    return row!.is;
  };
  await Promise.all([
    had,
    expect
      .poll(isHad)
      .toBe(true)
      .then(async () => expect(await claim()).toEqual({ leases: [], left: 1 })),
  ]);
  expect(await claim()).toEqual({ leases: [runId], left: 0 });
  await stage.expectInvariants();
});
