import { afterAll, expect, test } from "vitest";
import { createDatabase } from "../../../test/support/postgres.ts";

const database = await createDatabase();
afterAll(() => database.drop());

test("the template is migrated", async () => {
  const rows = await database.sql`select number from durable.migrations order by number`;
  expect(rows.length).toBeGreaterThan(0);
});
