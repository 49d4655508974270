import { NO_STEP, stepIdToUuid, uuidToStepId } from "../domain/ids.ts";
import { plainArray } from "./array-literal.ts";
import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

/**
 * What is left with a lease: nothing, places that its run keeps until its end, places that others may want, places that
 * others were waiting for when it was taken.
 */
export type LeaseGates = null | "run" | "step" | "contended";

/** A lease this process holds, with the live row's state when it was taken. */
export interface Lease {
  readonly workspaceId: number;
  readonly runId: string;
  /** 32 hex digits: the lease is a task's. Null: it continues the run. */
  readonly stepId: string | null;
  readonly fence: string;
  readonly journalSeq: number;
  readonly runAttempt: number;
  readonly transportAttempt: number;
  /** When its job became ready, in microseconds since 1970; null for a run born leased. */
  readonly readyRank: number | null;
  readonly gates: LeaseGates;
}

interface LeaseRow {
  workspace_id: number;
  run_id: string;
  step_id: string;
  fence: string;
  journal_seq: number;
  run_attempt: number;
  transport_attempt: number;
  ready_rank: number | null;
  gates: LeaseGates;
}

/**
 * Leases up to `limit` jobs, first ready first. An unknown outcome leaves leases that `findLeases` finds again.
 * `parked` is told when jobs of endpoints that are not to be called went out of the way: others may stand behind them;
 * `locked` when some were left for a moment, because somebody else had their rows.
 */
export async function claimLeases(
  database: Database,
  engineId: number,
  limit: number,
  parked: () => void = () => {},
  locked: () => void = () => {},
): Promise<Lease[]> {
  const rows = await wrapStatement(
    "claim",
    () => database.sql<LeaseRow[]>`
    select workspace_id, run_id, step_id, fence, journal_seq, run_attempt, transport_attempt, ready_rank, gates
    from durable.claim(${engineId}::int, ${limit}::int)`,
  );
  return leasesOf(rows, parked, locked);
}

/** The same for jobs that are parked: the oldest of one workspace. */
export async function claimParked(
  database: Database,
  engineId: number,
  workspaceId: number,
  limit: number,
  parked: () => void,
): Promise<Lease[]> {
  const rows = await wrapStatement(
    "claim_parked",
    () => database.sql<LeaseRow[]>`
    select workspace_id, run_id, step_id, fence, journal_seq, run_attempt, transport_attempt, ready_rank, gates
    from durable.claim_parked(${engineId}::int, ${workspaceId}::int, ${limit}::int)`,
  );
  return leasesOf(rows, parked);
}

/** Whether any job could be claimed at this moment. */
export async function isAnyReady({ sql }: Database): Promise<boolean> {
  const [row] = await sql<{ waits: boolean }[]>`select exists (select from durable.ready) as waits`;
  return row!.waits;
}

/** Every lease the database says this engine holds. */
export async function findLeases(database: Database, engineId: number): Promise<Lease[]> {
  const rows = await database.sql<LeaseRow[]>`
    select workspace_id, run_id, ${NO_STEP}::uuid as step_id, fence, journal_seq, run_attempt, transport_attempt,
      null::bigint as ready_rank, null::text as gates
    from durable.live_runs where engine_id = ${engineId}
    union all
    select workspace_id, run_id, step_id, fence, 0, 0, transport_attempt, null, null
    from durable.tasks where engine_id = ${engineId}`;
  return rows.map(toLease);
}

/** Gives leases of this engine new fences. Answers those that it still held; the others have ended or changed hands. */
export async function takeUpLeases(
  database: Database,
  engineId: number,
  leases: readonly Lease[],
): Promise<Lease[]> {
  const rows = await wrapStatement(
    "take_up",
    () => database.sql<LeaseRow[]>`
    select workspace_id, run_id, step_id, fence, journal_seq, run_attempt, transport_attempt, ready_rank, null::text as gates
    from durable.take_up(${engineId}::int, ${plainArray(leases, (lease) => lease.workspaceId)}::int[],
      ${plainArray(leases, (lease) => lease.runId)}::uuid[],
      ${plainArray(leases, (lease) => (lease.stepId === null ? NO_STEP : stepIdToUuid(lease.stepId)))}::uuid[],
      ${plainArray(leases, (lease) => lease.fence)}::uuid[])`,
  );
  return rows.map(toLease);
}

/** Names what a lease is for: a run, or one of its tasks. */
export function leaseKey(lease: Pick<Lease, "runId" | "stepId">): string {
  return lease.stepId === null ? lease.runId : `${lease.runId}/${lease.stepId}`;
}

/** Of the rows without a run, what they say of others. */
const LEFT_LOCKED = -1;

function leasesOf(rows: readonly LeaseRow[], parked: () => void, locked: () => void = () => {}): Lease[] {
  for (const row of rows) if (row.run_id === null) (row.workspace_id === LEFT_LOCKED ? locked : parked)();
  return rows.filter((row) => row.run_id !== null).map(toLease);
}

function toLease(row: LeaseRow): Lease {
  return {
    workspaceId: row.workspace_id,
    runId: row.run_id,
    stepId: row.step_id === NO_STEP ? null : uuidToStepId(row.step_id),
    fence: row.fence,
    journalSeq: row.journal_seq,
    runAttempt: row.run_attempt,
    transportAttempt: row.transport_attempt,
    // A parked job comes back under the negative of its rank.
    readyRank: row.ready_rank === null ? null : Math.abs(Number(row.ready_rank)),
    gates: row.gates,
  };
}
