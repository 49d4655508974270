import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { leaveEngine } from "../../engine/src/store/engines.ts";
import { Stage } from "../concurrency/stage.ts";

// A pause of a run that is being executed waits for its next commit. Meanwhile other things can happen to it.

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(46);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

type Run = Awaited<ReturnType<Stage["startRun"]>>;

async function pause({ workspaceId, runId }: Run): Promise<string> {
  const [row] = await stage.database.sql`
    select durable.pause_run(${workspaceId}, ${runId}, 'test', null, '{"name":"Paused","message":"paused by test"}') as status`;
  return row!["status"];
}

async function resume({ workspaceId, runId }: Run) {
  const [row] = await stage.database.sql`
    select o_status, o_resumed from durable.resume_run(${workspaceId}, ${runId}, 'test', null)`;
  return [row!["o_status"], row!["o_resumed"]];
}

async function live({ runId }: Run) {
  const [row] = await stage.database
    .sql`select status, pausing from durable.live_runs where run_id = ${runId}`;
  return row;
}

test("its engine leaves: it is paused, and a resume lets it go on", async () => {
  const leaving = await stage.newEngine(60_000);
  const run = await stage.startRun(leaving);
  expect(await pause(run)).toBe("pausing");
  expect(await pause(run)).toBe("pausing");
  await leaveEngine(stage.left, leaving);
  expect(await live(run)).toEqual({ status: "paused", pausing: false });
  expect(await pause(run)).toBe("paused");
  expect(await resume(run)).toEqual(["queued", true]);
  expect(await resume(run)).toEqual(["queued", false]);
});

test("it is taken back: the run goes on as if nothing had been asked", async () => {
  const run = await stage.startRun();
  await pause(run);
  expect(await resume(run)).toEqual(["running", true]);
  expect(await live(run)).toEqual({ status: "running", pausing: false });
});

test("something else pauses it first: one resume is enough", async () => {
  const run = await stage.startRun();
  await pause(run);
  await stage.database.sql`
    select durable.pause_runs(array[${run.workspaceId}::int], array[${run.runId}::uuid], array['{"name":"T","message":"m"}'])`;
  expect(await live(run)).toEqual({ status: "paused", pausing: false });
  expect(await resume(run)).toEqual(["queued", true]);
});

test("it is cancelled: that is final", async () => {
  const run = await stage.startRun();
  await pause(run);
  await stage.database.sql`select durable.cancel_run(${run.workspaceId}, ${run.runId}, 'test', null)`;
  expect(await resume(run)).toEqual(["cancelled", false]);
});
