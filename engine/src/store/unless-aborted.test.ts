import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/support/postgres.ts";
import { waitFor, within } from "../../../test/support/wait.ts";
import { openDatabase } from "./database.ts";
import { unlessAborted } from "./unless-aborted.ts";

let admin: TestDatabase;
beforeAll(async () => {
  admin = await createDatabase({ empty: true, max: 2 });
});
afterAll(() => admin.drop());

const under = async (name: string) => {
  const [row] = await admin.sql<{ pid: number }[]>`
    select pid from pg_stat_activity where application_name = ${name} and wait_event = 'PgSleep'`;
  return row?.pid;
};

test("the server stops what nobody waits for any more, and its connection carries nothing after it", async () => {
  const one = openDatabase({ options: admin.address, max: 1, applicationName: "given up" });
  const hungUp = new AbortController();
  const answer = unlessAborted(one.sql`select pg_sleep(600)`, hungUp.signal);
  answer.catch(() => {});
  const pid = await waitFor("the statement", () => under("given up"));
  hungUp.abort();
  await expect(within("the statement's end", answer)).rejects.toThrow(DOMException);
  await waitFor("the server to have stopped it", async () => (await under("given up")) === undefined);
  const [next] = await one.sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  expect(next!.pid).not.toBe(pid);
  await one.end();
});

test("a statement that waits for a connection is not sent when its asker has gone", async () => {
  const one = openDatabase({ options: admin.address, max: 1, applicationName: "queued" });
  await one.sql.unsafe("create table if not exists sent (what text)");
  const first = one.sql`select pg_sleep(0.2)`;
  const running = first.then(() => null);
  const hungUp = new AbortController();
  const second = unlessAborted(one.sql`insert into sent values ('second')`, hungUp.signal);
  second.catch(() => {});
  await waitFor("the first", () => under("queued"));
  hungUp.abort();
  await expect(second).rejects.toThrow(DOMException);
  await running;
  expect([...(await one.sql`select what from sent`)]).toEqual([]);
  await one.end();
});

test("who has gone before it asks has nothing sent, and who stays is answered", async () => {
  const asked = new AbortController();
  expect([...(await unlessAborted(admin.sql`select 1 as one`, asked.signal))]).toEqual([{ one: 1 }]);
  expect([...(await unlessAborted(admin.sql`select 2 as two`, undefined))]).toEqual([{ two: 2 }]);
  asked.abort();
  await expect(unlessAborted(admin.sql`select 3 as three`, asked.signal)).rejects.toThrow(DOMException);
});
