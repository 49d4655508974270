// engine/schema.sql is what the migrations make, on every server the tests run on.
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/postgres.ts";
import { dumpSchema } from "./dump-schema.ts";

const FILE = fileURLToPath(new URL("../../engine/schema.sql", import.meta.url));

let database: TestDatabase;
let dump: string;
beforeAll(async () => {
  database = await createDatabase();
  dump = await dumpSchema(database.sql);
});
afterAll(() => database.drop());

test("the checked-in schema is the one that the migrations make", async () => {
  await expect(dump).toMatchFileSnapshot(FILE);
});

test.each([
  "alter table durable.steps add column more int",
  "alter table durable.steps alter column value set not null",
  "alter table durable.live_runs reset (fillfactor)",
  "drop index durable.runs_by_bad_end",
  "drop trigger steps_settled on durable.steps",
  "create or replace function durable.durable_now() returns timestamptz language sql stable as 'select now()'",
  "alter table durable.events add constraint named check (name <> '')",
])("it would show: %s", async (change) => {
  const changed = await createDatabase();
  await changed.sql.unsafe(change);
  expect(await dumpSchema(changed.sql)).not.toBe(dump);
  await changed.drop();
});
