// Pages of a run's trace stay quick in a run of 40,000 steps: their statement walks the run's own keys and nothing else.
import { afterAll, beforeAll, expect, test } from "vitest";
import { spansOf } from "../../engine/src/domain/span.ts";
import { loadRecorded, recordedRun } from "../../engine/src/store/recorded-runs.ts";
import { makeLongRun } from "../support/long-run.ts";
import { ofWholeTables } from "../support/plans.ts";
import { createDatabase, type TestDatabase } from "../support/postgres.ts";

const STEPS = 20_000;
/** Each step has two attempts. */
const SPANS = STEPS * 3;
const PAGES = 9;

let database: TestDatabase;
let ref: { readonly workspaceId: number; readonly runId: string };

beforeAll(async () => {
  database = await createDatabase();
  const { sql } = database;
  ref = await makeLongRun(database, "long", "test", STEPS);
  // Others, or a plan could as well read everything.
  await sql`insert into durable.steps (workspace_id, run_id, step_id, op, name, n, status)
    select ${ref.workspaceId}, gen_random_uuid(), md5(q::text)::uuid, 'run', 'step', q, 'ok' from generate_series(1, 60000) as q`;
  await sql`insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome)
    select ${ref.workspaceId}, gen_random_uuid(), gen_random_uuid(), md5(q::text)::uuid, 1, 'ok' from generate_series(1, 60000) as q`;
  await sql`analyze durable.steps`;
  await sql`analyze durable.attempts`;
});
afterAll(() => database.drop());

/** Of steps and attempts, by whatever plan. */
async function rowsRead(): Promise<number> {
  await database.sql`select pg_stat_force_next_flush()`;
  const [row] = await database.sql<{ rows: number }[]>`
    select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::float8 as rows from pg_stat_user_tables
    where schemaname = 'durable' and relname ~ '^(steps|attempts)_'`;
  return row!.rows;
}

test.each(["asc", "desc"] as const)(
  "pages %s are found by the run's key, and cost the same at each end",
  async (order) => {
    let after = null;
    let spans = 0;
    const readBefore = await rowsRead();
    // More than Postgres plans one by one: from the sixth on its plan is for any page of any run.
    for (let pages = 0; pages < PAGES; pages += 1) {
      const found = await loadRecorded(database, ref, { page: { order, after, limit: 200 } });
      const page = found!.page!;
      expect(page).toHaveLength(200);
      spans += spansOf(
        found!,
        page.map(({ id }) => id),
      ).length;
      after = page.at(-1)!.key;
    }
    expect(spans).toBe(PAGES * 200 * 3);
    expect(SPANS).toBeGreaterThan(40_000);
    // Each looks at what the run has once, at most: a plan that joins what it shows to that reads a hundred times as much.
    expect((await rowsRead()) - readBefore).toBeLessThan(PAGES * SPANS);
  },
);

test("no table is read but by its key", async () => {
  const { sql } = database;
  const rows = await sql<{ "QUERY PLAN": string }[]>`
    explain (costs off) ${recordedRun(sql, ref, { order: "asc", after: { atUs: "0", id: ref.runId }, limit: 200 })}`;
  const plan = ofWholeTables(rows.map((row) => row["QUERY PLAN"]).join("\n"));
  expect(plan).not.toMatch(
    /Seq Scan on (steps|attempts|runs|live_runs|events|limit_waits|children|inputs|audit)/,
  );
  for (const table of ["steps", "attempts"]) {
    expect(plan).toMatch(new RegExp(`${table}_pkey[\\s\\S]*?Index Cond: .*workspace_id = .*run_id = `));
  }
});
