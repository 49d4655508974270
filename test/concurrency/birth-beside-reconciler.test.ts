// A birth or a claim whose answer is late, and the reconciler, which looks for leases whose answer was lost: one fence
// must never name two dispatches, and a lease must never be left alone.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../engine/src/store/database.ts";
import { intercept } from "./intercept.ts";
import { LEASE_MS, startParts } from "./lease-parts.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(71);
});
afterAll(() => stage.close());

/** The first statement with `word` in it is executed, and its answer kept back for two looks of the reconciler. */
function withLateAnswer(word: string, afterwards: (rows: unknown) => unknown): Database {
  let isFirst = true;
  const late = async (pending: Promise<unknown>) => {
    const rows = await pending;
    await sleep(3 * (LEASE_MS / 5) + 500);
    return afterwards(rows);
  };
  return intercept(stage.left, (text, pending) => {
    if (!isFirst || !text.includes(word)) return pending;
    isFirst = false;
    return late(pending);
  });
}

const born = { clientId: null, name: "born", data: "null", timeMs: null };

test("a birth whose answer comes late is started once", async () => {
  const { fences, reconciler, acceptor, dispatcher } = startParts({
    stage,
    database: withLateAnswer("accept_events", (rows) => rows),
  });
  await reconciler.start();
  reconciler.suspect();
  const accepted = await acceptor.accept(stage.workspaceId, [born]);
  expect(accepted).toMatchObject({ state: "accepted", runs: [{ function: "racer" }] });
  await reconciler.stop();
  await dispatcher.stop();
  expect(fences.length).toBe(1);
});

test("a birth whose answer is lost, and which is looked up late, is started once", async () => {
  const database = withLateAnswer("accept_events", () => {
    throw Object.assign(new Error("the line broke"), { code: "CONNECTION_CLOSED" });
  });
  const { fences, reconciler, acceptor, dispatcher } = startParts({ stage, database });
  await reconciler.start();
  reconciler.suspect();
  await acceptor.accept(stage.workspaceId, [born]);
  await reconciler.stop();
  await dispatcher.stop();
  expect(fences.length).toBe(1);
});

test("a claim whose answer comes late is executed once, and one whose answer is lost is taken up", async () => {
  for (const isLost of [false, true]) {
    const run = await stage.startRun();
    await stage.database.sql`
      update durable.live_runs set status = 'queued', engine_id = null, ready_rank = 1 where run_id = ${run.runId}`;
    await stage.database.sql`
      insert into durable.ready (rank, workspace_id, run_id) values (1, ${run.workspaceId}, ${run.runId})`;
    const database = withLateAnswer("durable.claim(", (rows) => {
      if (isLost) throw Object.assign(new Error("the line broke"), { code: "CONNECTION_CLOSED" });
      return rows;
    });
    const { fences, reconciler, dispatcher } = startParts({ stage, database });
    await reconciler.start();
    await dispatcher.start();
    reconciler.suspect();
    await expect.poll(() => fences.length).toBe(1);
    await sleep(LEASE_MS / 2);
    await reconciler.stop();
    await dispatcher.stop();
    expect(fences.length).toBe(1);
  }
});
