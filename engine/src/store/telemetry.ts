import { plainArray } from "./array-literal.ts";
import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";
import type { RunRef } from "./recorded-runs.ts";

/** A run that has ended and that a collector is to be told of. */
export interface EndedRun extends RunRef {
  readonly app: string;
  readonly environment: string;
}

export interface Noted {
  /** So many were too old, or too many. */
  readonly dropped: number;
  /** Others were forgotten before anybody had noted them. */
  readonly isLost: boolean;
}

/** Notes what has ended since the last time, and forgets what is too old. Nothing while another engine does it. */
export async function noteEndedRuns(database: Database, rowsMax: number, hours: number): Promise<Noted> {
  const [row] = await wrapStatement(
    "note_ended_runs",
    () => database.sql<{ o_dropped: number; o_lost: boolean }[]>`
    select o_dropped, o_lost from durable.note_ended_runs(${rowsMax}::int, ${hours} * interval '1 hour')`,
  );
  return { dropped: row!.o_dropped, isLost: row!.o_lost };
}

/** The oldest of them, for so long: nobody else has them until then. */
export async function claimEndedRuns(
  database: Database,
  limit: number,
  leaseMs: number,
): Promise<EndedRun[]> {
  const rows = await wrapStatement(
    "claim_ended_runs",
    () => database.sql<{ workspace_id: number; run_id: string; app: string; environment: string }[]>`
    select workspace_id, run_id, app, environment
    from durable.claim_ended_runs(${limit}::int, ${leaseMs} * interval '1 millisecond')`,
  );
  return rows.map(({ workspace_id, run_id, app, environment }) => ({
    workspaceId: workspace_id,
    runId: run_id,
    app,
    environment,
  }));
}

/** The collector has them. */
export async function clearEndedRuns({ sql }: Database, runs: readonly RunRef[]): Promise<void> {
  await wrapStatement(
    "clear_ended_runs",
    () => sql`
    delete from durable.telemetry_runs t
      using unnest(${plainArray(runs, (run) => run.workspaceId)}::int[], ${plainArray(runs, (run) => run.runId)}::uuid[]) as q(workspace, run)
      where t.workspace_id = q.workspace and t.run_id = q.run`,
  );
}

/** Whoever comes next may have them. */
export async function letGoOfEndedRuns({ sql }: Database, runs: readonly RunRef[]): Promise<void> {
  await wrapStatement(
    "let_go_ended_runs",
    () => sql`
    update durable.telemetry_runs t set leased_until = '-infinity'
      from unnest(${plainArray(runs, (run) => run.workspaceId)}::int[], ${plainArray(runs, (run) => run.runId)}::uuid[]) as q(workspace, run)
      where t.workspace_id = q.workspace and t.run_id = q.run`,
  );
}
