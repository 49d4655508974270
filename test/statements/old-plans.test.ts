// What handles many jobs of one workspace keeps the plans that it made while there were none: until the tables are analyzed again
// it must still ask for the rows that are meant, and walk none of the others.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Stage } from "../concurrency/stage.ts";

const JOBS = 20_000;
/** Of all tables, for each job that is handled. */
const ROWS_MAX = 15;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(7);
  await stage.database.sql`insert into durable.gatekeepers (workspace_id) values (${stage.workspaceId})`;
});
afterEach(async () => {
  await stage.database
    .sql`truncate durable.parked, durable.ready, durable.arrivals, durable.live_runs, durable.grants, durable.gate_notes`;
});
afterAll(() => stage.close());

const RUNS = (members: string, values: string, jobs = JOBS) => `
  with r as (select gen_random_uuid() as id, 1000000 + no as rank from generate_series(1, ${jobs}) as no), l as (
    insert into durable.live_runs (workspace_id, run_id, status, fence, ready_rank, ${members})
      select ${stage.workspaceId}, id, 'queued', gen_random_uuid(), rank, ${values} from r)`;

async function park(gate: string, gates: string, jobs = JOBS): Promise<void> {
  await stage.database.sql.unsafe(`${RUNS("step_gates", gates, jobs)}
    insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
      select ${stage.workspaceId}, '${gate}', rank, id, '00000000-0000-0000-0000-000000000000' from r`);
}

/** Rows that indexes give, to the session that has planned the call before. */
async function rowsOf(call: string): Promise<number> {
  const results = await stage.right.sql.unsafe<{ rows: number }[]>(`begin; ${call};
    select sum(idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where schemaname = 'durable'; commit`);
  return (results as unknown as { rows: number }[][])[2]![0]!.rows;
}

test("jobs that a pause or a circuit has held go back", { timeout: 120_000 }, async () => {
  const gate = randomUUID();
  const call = `select durable.unpark_jobs(${stage.workspaceId}, '${gate}', 100, 1)`;
  await park(gate, "null", 1);
  await stage.right.sql.unsafe(call);
  await park(gate, "null");
  expect(await rowsOf(call)).toBeLessThan(100 * ROWS_MAX);
});

test("jobs pass their gates", { timeout: 120_000 }, async () => {
  const [gate, limit] = [randomUUID(), randomUUID()];
  await stage.database.sql.unsafe(`
    insert into durable.limits (workspace_id, id, name, kind, declared) values (${stage.workspaceId}, '${limit}', 'wide', 'concurrency', 100000);
    insert into durable.gates (workspace_id, id, limit_id, unit, parked) values (${stage.workspaceId}, '${gate}', '${limit}', 'step', ${JOBS})`);
  const call = `select durable.pass_gates(${stage.workspaceId}, array_agg(run_id), array_agg(step_id), array_agg(rank), array_agg(gate_id))
    from (select * from durable.parked where workspace_id = ${stage.workspaceId} and gate_id = '${gate}' order by rank, run_id, step_id limit 100) as k`;
  // Planned for one.
  await park(gate, `array['${gate}']::uuid[]`, 1);
  await stage.right.sql.unsafe(call);
  await park(gate, `array['${gate}']::uuid[]`);
  expect(await rowsOf(call)).toBeLessThan(100 * ROWS_MAX);
});

test("what has come is ranked", { timeout: 120_000 }, async () => {
  const come = (jobs: number) =>
    stage.database.sql.unsafe(`${RUNS("priority", "5", jobs)}
      insert into durable.ready (workspace_id, rank, run_id) select ${stage.workspaceId}, rank, id from r`);
  await come(1);
  await stage.right.sql`select durable.rank_arrivals()`;
  await come(JOBS);
  expect(await rowsOf("select durable.rank_arrivals()")).toBeLessThan(1_000 * ROWS_MAX);
});
