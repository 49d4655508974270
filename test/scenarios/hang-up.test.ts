// Who asks for much and hangs up has the database stop: of a run of many steps that is seconds of its time.
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeLongRun } from "../support/long-run.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
let runId: string;

beforeAll(async () => {
  engine = await startEngine();
  runId = (await makeLongRun(engine.database, "long", "test", 10)).runId;
});
afterAll(() => engine.stop());

test.each(["", "/trace?time=true", "/history"])("GET runs/{id}%s", async (of) => {
  const { sql } = engine.database;
  // What is read waits for its table as long as this statement sleeps, were it not given up.
  const held = sql.unsafe("lock table durable.attempts in access exclusive mode; select pg_sleep(600)");
  held.catch(() => {});
  const waiting = async () => {
    const rows = await sql`select pid from pg_stat_activity
      where datname = ${engine.database.address.database} and wait_event_type = 'Lock'`;
    return rows.length;
  };
  await waitFor("the lock", async () => {
    const [row] =
      await sql`select from pg_locks where relation = 'durable.attempts'::regclass and mode = 'AccessExclusiveLock' and granted`;
    return row;
  });
  const client = new AbortController();
  const asked = fetch(`${engine.url}/v1/apps/long/test/runs/${runId}${of}`, { signal: client.signal });
  asked.catch(() => {});
  await waitFor("the statement", async () => (await waiting()) > 0);
  client.abort();
  await waitFor("its end", async () => (await waiting()) === 0);
  const [still] =
    await sql`select from pg_stat_activity where wait_event = 'PgSleep' and datname = ${engine.database.address.database}`;
  expect(still).toBeDefined();
  await sql`select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = ${engine.database.address.database}`;
  await held.catch(() => {});
  expect(engine.logged.join("")).not.toMatch(/nobody expected|database is away/);
});
