import { randomUUID } from "node:crypto";
import { stepId } from "@durable/protocol/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stepIdToUuid } from "../../engine/src/domain/ids.ts";
import { startOnce } from "../../engine/src/store/once-starts.ts";
import { Stage } from "../concurrency/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(46);
});
afterAll(() => stage.close());

const STEP = stepId("", "pay", 0);

/** A task under a lease, as a claim leaves it. */
async function leased(kind: string) {
  const { workspaceId, runId } = await stage.startRun();
  const fence = randomUUID();
  await stage.database.sql`
    with step as (
      insert into durable.steps (workspace_id, run_id, step_id, op, name, n, status, attempt)
        values (${workspaceId}, ${runId}, ${stepIdToUuid(STEP)}, 'run', 'pay', 0, 'pending', 0))
    insert into durable.tasks (workspace_id, run_id, step_id, kind, status, fence, engine_id)
      values (${workspaceId}, ${runId}, ${stepIdToUuid(STEP)}, ${kind}, 'running', ${fence}, ${stage.engineId})`;
  return { workspaceId, head: { runId }, stepId: STEP, fence };
}

test("its code may be called under one fence only; asking again under that fence is the same call", async () => {
  const task = await leased("once");
  expect(await startOnce(stage.left, task)).toBe("started");
  expect(await startOnce(stage.right, task)).toBe("started");
  const next = randomUUID();
  await stage.database.sql`update durable.tasks set fence = ${next} where fence = ${task.fence}`;
  expect(await startOnce(stage.left, task)).toBe("gone");
  expect(await startOnce(stage.left, { ...task, fence: next })).toBe("interrupted");
  expect(await startOnce(stage.left, { ...task, fence: next })).toBe("interrupted");
});

test("a task that is gone, or may run again, is not started so", async () => {
  const task = await leased("once");
  await stage.database.sql`delete from durable.tasks where fence = ${task.fence}`;
  expect(await startOnce(stage.left, task)).toBe("gone");
  expect(await startOnce(stage.left, await leased("step"))).toBe("gone");
});

test("that it starts is on disk when the answer is there", async () => {
  const task = await leased("once");
  const [before] = await stage.left.sql`select pg_current_wal_insert_lsn() as lsn`;
  await startOnce(stage.left, task);
  const [flushed] = await stage.left
    .sql`select pg_current_wal_flush_lsn() > ${before!["lsn"]}::pg_lsn as is_flushed`;
  expect(flushed).toEqual({ is_flushed: true });
});
