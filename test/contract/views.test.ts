// The views that others read with SQL: a column that goes, or changes its type or its place, breaks what they built on it.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/postgres.ts";

const guide = readFileSync(fileURLToPath(new URL("../../docs/guides/sql.md", import.meta.url)), "utf8");

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

test("durable_v1 has the columns that it had: add at the end, and take none away", async () => {
  const rows = await database.sql<{ name: string; columns: string }[]>`
    select c.relname as name, string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relnamespace = 'durable_v1'::regnamespace group by 1 order by 1`;
  expect(Object.fromEntries(rows.map(({ name, columns }) => [name, columns]))).toMatchInlineSnapshot(`
    {
      "attempts": "app text, environment text, run_id uuid, step_id text, attempt integer, outcome text, failure text, scheduled_at timestamp with time zone, leased_at timestamp with time zone, sent_at timestamp with time zone, first_byte_at timestamp with time zone, received_at timestamp with time zone, app_ms real, recorded_at timestamp with time zone",
      "children": "app text, environment text, run_id uuid, parent_run_id uuid, parent_step_id text, kind text, on_cancel text, depth integer, parent_app text",
      "runs": "app text, environment text, run_id uuid, function_id text, function_version integer, status text, event_id text, event_name text, created_at timestamp with time zone, begins_at timestamp with time zone, begin_cause text, ended_at timestamp with time zone, duration_ms double precision, output text, failure text",
      "steps": "app text, environment text, run_id uuid, step_id text, scope text, seq integer, op text, name text, n integer, status text, attempt integer, value text, failure text, due_at timestamp with time zone, asked_at timestamp with time zone, settled_at timestamp with time zone, app_ms real",
      "waits": "app text, environment text, run_id uuid, step_id text, name text, mode text, key text, event_name text, match text, condition text, since timestamp with time zone, due_at timestamp with time zone, has_come boolean",
    }
  `);
});

test("the guide names each view, and its queries run", async () => {
  const rows = await database.sql<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'durable_v1'::regnamespace order by 1`;
  for (const { name } of rows) expect(guide).toContain(`| \`${name}\` |`);
  const queries = [...guide.matchAll(/^```sql\n(select[\s\S]*?)^```$/gm)].map(([, query]) => query!);
  expect(queries.length).toBeGreaterThanOrEqual(2);
  for (const query of queries) await database.sql.unsafe(query);
});

test("the role durable_reader reads them, and nothing else", async () => {
  // One transaction.
  const asReader = (query: string) => database.sql.unsafe(`set local role durable_reader; ${query}`);
  for (const view of ["runs", "steps", "attempts", "waits", "children"])
    await asReader(`select * from durable_v1.${view}`);
  await expect(asReader("select * from durable.runs")).rejects.toThrow(/permission denied/);
  await expect(asReader("select * from durable.signing_secrets")).rejects.toThrow(/permission denied/);
  await expect(asReader("delete from durable_v1.runs")).rejects.toThrow(/permission denied|cannot delete/);
});
