// What a step costs Postgres: one statement for its outcome, shared with all outcomes that finished meanwhile. Counted
// by Postgres itself: the engine sends no `begin`, so each of its statements is a transaction, and rows name theirs.
import { stepId } from "@durable/protocol/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApp } from "./api-app.ts";
import { startEngine } from "./api-engine.ts";

const STEPS = 10;
const OUTCOMES = STEPS + 1;
let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startApp>>;

beforeAll(async () => {
  engine = await startEngine({ slots: 64, leaseMs: 60_000 });
  app = await startApp({
    app: "shop",
    functions: [{ id: "count", triggers: [{ event: "count" }] }],
    answer({ memo }) {
      const name = `s${memo.length}`;
      const op = { op: "run", id: stepId("", name, 0), name, n: 0, st: "ok", v: memo.length, attempt: 1 };
      return memo.length === STEPS
        ? { status: "done", output: memo.length }
        : { status: "continue", ops: [op], more: true };
    },
  });
  const synced = await engine.call("POST", "/v1/apps/shop/dev/sync", { url: app.url });
  expect(synced.status, synced.text).toBe(200);
});

afterAll(async () => {
  await engine.stop();
  await app.stop();
});

/** Runs of ten steps, from their events to their ends; the transactions that wrote anything of them. */
async function transactionsOf(runs: number): Promise<number> {
  await engine.database.sql`truncate durable.changes, durable.steps, durable.runs, durable.events`;
  const events = Array.from({ length: runs }, (_, number) => ({ name: "count", data: { number } }));
  const sent = await engine.call("POST", "/v1/events?app=shop&wait=30", events);
  expect(sent.status, sent.text).toBe(200);
  const statuses = sent.json.runs.map((run: { status: string }) => run.status);
  expect(statuses).toEqual(Array(runs).fill("completed"));
  const [row] = await engine.database.sql<{ count: number; steps: number }[]>`
    select count(distinct xid)::int as count, (select count(*)::int from durable.steps) as steps from (
      select (xid::text::bigint & 4294967295)::text from durable.changes union all select xmin::text from durable.steps
      union all select xmin::text from durable.runs union all select xmin::text from durable.events) as written (xid)`;
  expect(row!.steps).toBe(runs * STEPS);
  return row!.count;
}

test("a run alone: one statement for its event and one for each outcome", async () => {
  expect(await transactionsOf(1)).toBe(1 + OUTCOMES);
});

test("64 runs at once share them", async () => {
  expect(await transactionsOf(64)).toBeLessThan((64 * OUTCOMES) / 4);
});
