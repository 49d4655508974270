import type { DueTicks } from "../domain/due-ticks.ts";
import type { Schedule } from "../domain/schedule.ts";
import { type Column, literals, placeholders, plain, text, typesOf } from "./columns.ts";
import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

/** A schedule that a scheduler must look at. */
export interface DueSchedule extends Schedule {
  readonly revision: number;
  readonly handledToMs: number;
  /** Ticks that somebody has written down and that may not be events yet, ascending. Until they are, nothing else is due. */
  readonly owedMs: readonly number[];
  readonly lastRunId: string | null;
  readonly isPaused: boolean;
  /** What is due by then is owed: now, or when it was paused. By the clock of the database, as all times of a schedule. */
  readonly untilMs: number;
  readonly nowMs: number;
}

/** Those due first, first. */
export async function findDueSchedules({ sql }: Database, limit: number): Promise<DueSchedule[]> {
  return await wrapStatement(
    "find_due_schedules",
    () => sql<DueSchedule[]>`
    select s.workspace_id as "workspaceId", s.id, s.function_id as "functionId", s.cron, s.tz, s.jitter_ms as "jitterMs",
      s.catch_up as "catchUp", s.overlap, s.data, s.condition, s.revision, s.last_run_id as "lastRunId",
      extract(epoch from s.handled_to)::float8 * 1000 as "handledToMs", s.paused_at is not null as "isPaused",
      array(select extract(epoch from o)::float8 * 1000 from unnest(s.owed) as o) as "owedMs",
      floor(extract(epoch from least(s.paused_at, durable.durable_now()))::float8 * 1000) as "untilMs",
      floor(extract(epoch from durable.durable_now())::float8 * 1000) as "nowMs"
    from durable.schedules s where s.next_at <= durable.durable_now() order by s.next_at limit ${limit}`,
  );
}

/** Runs under way that earlier ticks have started, in any order; none once this one has been accepted. */
export async function findRunsBeforeTick(
  { sql }: Database,
  { workspaceId, lastRunId }: Pick<DueSchedule, "workspaceId" | "lastRunId">,
  gateId: string,
  tickEventId: string,
): Promise<readonly string[]> {
  const [row] = await sql<{ runs: string[] }[]>`
    select durable.runs_before_tick(${workspaceId}::int, ${gateId}::uuid, ${lastRunId}::uuid, ${tickEventId}::text) as runs`;
  return row!.runs;
}

/** The run that a tick has started that was accepted before, by its event's id; null when it has started none. */
export async function findRunOfTick(
  { sql }: Database,
  workspaceId: number,
  tickEventId: string,
): Promise<string | null> {
  // A run that one event starts has its event's id.
  const [row] = await sql<{ id: string }[]>`
    select r.id from durable.runs r where r.workspace_id = ${workspaceId}
      and r.id = (select durable.event_by_id(${workspaceId}::int, ${tickEventId}::text))`;
  return row?.id ?? null;
}

/** What is due of a schedule, before any of it is done. */
export interface ClaimedTicks {
  readonly schedule: DueSchedule;
  readonly due: DueTicks;
  /** When the schedule is due again if it has no ticks to start; null: it stands still. */
  readonly nextAtMs: number | null;
  /** Of what was missed: its event's data as JSON, and a sentence. */
  readonly missed: { readonly data: string; readonly detail: string } | null;
}

/** What was owed of a schedule, and is done. */
export interface SettledTicks {
  readonly schedule: Pick<DueSchedule, "workspaceId" | "id" | "revision">;
  readonly nextAtMs: number | null;
  readonly lastTickMs: number;
  /** The run that the last of the ticks has started, or had started before. */
  readonly runId: string | null;
}

const seconds = (ms: number | null) => (ms === null ? null : ms / 1000);

const OF_SCHEDULE: readonly Column<{ readonly schedule: SettledTicks["schedule"] }>[] = [
  plain("int", ({ schedule }) => schedule.workspaceId),
  text(({ schedule }) => schedule.id),
  plain("int", ({ schedule }) => schedule.revision),
];
const CLAIMED: readonly Column<ClaimedTicks>[] = [
  ...OF_SCHEDULE,
  plain("float8", ({ due }) => seconds(due.handledToMs)),
  plain("float8", ({ nextAtMs }) => seconds(nextAtMs)),
  text(({ missed }) => missed?.data ?? null),
  text(({ missed }) => missed?.detail ?? null),
];
const OWED: readonly Column<{ readonly no: number; readonly tickMs: number }>[] = [
  plain("int", ({ no }) => no),
  plain("float8", ({ tickMs }) => tickMs / 1000),
];
const SETTLED: readonly Column<SettledTicks>[] = [
  ...OF_SCHEDULE,
  plain("float8", ({ nextAtMs }) => seconds(nextAtMs)),
  plain("float8", ({ lastTickMs }) => seconds(lastTickMs)),
  plain("uuid", ({ runId }) => runId),
];
const CLAIM = `select durable.claim_ticks(${placeholders(typesOf(CLAIMED, OWED))}) as moved`;
const SETTLE = `select durable.settle_ticks(${placeholders(typesOf(SETTLED))}) as count`;

/**
 * Writes down which ticks are started and which are missed: from then on they are, whoever does it.
 * @returns Those written down, with the schedule's new revision: what somebody else has changed since it was found stays as it is.
 */
export async function claimTicks(
  database: Database,
  claims: readonly ClaimedTicks[],
): Promise<ClaimedTicks[]> {
  const owed = claims.flatMap(({ due }, at) => due.ticks.map((tickMs) => ({ no: at + 1, tickMs })));
  const values = [...literals(CLAIMED, claims), ...literals(OWED, owed)];
  const [row] = await wrapStatement("claim_ticks", () =>
    database.sql.unsafe<{ moved: number[] }[]>(CLAIM, values, { prepare: true }),
  );
  return row!.moved.map((no) => {
    const claim = claims[no - 1]!;
    return { ...claim, schedule: { ...claim.schedule, revision: claim.schedule.revision + 1 } };
  });
}

/** @returns How many were still as they were when their ticks were written down; of others the ticks are tried again. */
export async function settleTicks(database: Database, settled: readonly SettledTicks[]): Promise<number> {
  const [row] = await wrapStatement("settle_ticks", () =>
    database.sql.unsafe<{ count: number }[]>(SETTLE, literals(SETTLED, settled), { prepare: true }),
  );
  return row!.count;
}
