// Pages of a run's trace stay quick in a run of 40,000 steps: their statement walks the run's own keys and nothing else.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spansOf } from "../../engine/src/domain/span.ts";
import { loadRecorded, recordedRun } from "../../engine/src/store/recorded-runs.ts";
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
  const [workspace] = await sql<{ id: number }[]>`
    insert into durable.workspaces (app, environment) values ('long', 'test') returning id`;
  ref = { workspaceId: workspace!.id, runId: randomUUID() };
  const event = randomUUID();
  await sql`insert into durable.events (workspace_id, id, name, data, time, received_at)
    values (${ref.workspaceId}, ${event}, 'go', 'null', now(), now())`;
  await sql`insert into durable.runs (workspace_id, id, function_id, function_version, event_id, status, created_at, ended_at)
    values (${ref.workspaceId}, ${ref.runId}, 'f', 1, ${event}, 'completed', now() - interval '1 day', now())`;
  const at = sql`now() - interval '1 day' + q * interval '1 second'`;
  await sql`insert into durable.steps (workspace_id, run_id, step_id, seq, op, name, n, status, value, attempt,
      scheduled_at, leased_at, sent_at, first_byte_at, received_at, app_ms, committed_at, settled_at)
    select ${ref.workspaceId}, ${ref.runId}, md5(q::text)::uuid, q, 'run', 'step', q, 'ok', to_json(repeat('x', 200)), 2,
      ${at}, ${at}, ${at}, ${at}, ${at}, 1, ${at}, ${at} from generate_series(1, ${STEPS}::int) as q`;
  await sql`insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome,
      scheduled_at, leased_at, sent_at, first_byte_at, received_at, app_ms, committed_at)
    select ${ref.workspaceId}, ${ref.runId}, gen_random_uuid(), md5(q::text)::uuid, n, case n when 1 then 'failed' else 'ok' end,
      ${at}, ${at}, ${at}, ${at}, ${at}, 1, ${at} from generate_series(1, ${STEPS}::int) as q, generate_series(1, 2) as n`;
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
      const found = await loadRecorded(database, ref, { order, after, limit: 200 });
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
