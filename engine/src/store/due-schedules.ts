import type { DueTicks } from "../domain/due-ticks.ts";
import type { Schedule } from "../domain/schedule.ts";
import { type Column, literals, placeholders, plain, text, typesOf } from "./columns.ts";
import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

/** A schedule that a scheduler must look at. */
export interface DueSchedule extends Schedule {
  readonly revision: number;
  readonly handledToMs: number;
  readonly lastRunId: string | null;
  /** By the clock of the database, as all times of a schedule. */
  readonly nowMs: number;
}

/** Those due first, first. */
export async function findDueSchedules({ sql }: Database, limit: number): Promise<DueSchedule[]> {
  return await wrapStatement(
    "find_due_schedules",
    () => sql<DueSchedule[]>`
    select s.workspace_id as "workspaceId", s.id, s.function_id as "functionId", s.cron, s.tz, s.jitter_ms as "jitterMs",
      s.catch_up as "catchUp", s.overlap, s.data, s.revision, s.last_run_id as "lastRunId",
      extract(epoch from s.handled_to)::float8 * 1000 as "handledToMs",
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

/** What a scheduler has done about a schedule. */
export interface Advance {
  readonly schedule: DueSchedule;
  readonly due: DueTicks;
  readonly nextAtMs: number | null;
  /** The run that the last of the ticks has started, or had started before. */
  readonly runId: string | null;
  /** Of what was missed: its event's data as JSON, and a sentence. */
  readonly missed: { readonly data: string; readonly detail: string } | null;
}

const seconds = (ms: number | null | undefined) => (ms == null ? null : ms / 1000);

const COLUMNS: readonly Column<Advance>[] = [
  plain("int", ({ schedule }) => schedule.workspaceId),
  text(({ schedule }) => schedule.id),
  plain("int", ({ schedule }) => schedule.revision),
  plain("float8", ({ due }) => seconds(due.handledToMs)),
  plain("float8", ({ nextAtMs }) => seconds(nextAtMs)),
  plain("float8", ({ due }) => seconds(due.ticks.at(-1))),
  plain("uuid", ({ runId }) => runId),
  text(({ missed }) => missed?.data ?? null),
  text(({ missed }) => missed?.detail ?? null),
];
const CALL = `select durable.advance_schedules(${placeholders(...typesOf(COLUMNS))}) as count`;

/** @returns How many went on: what somebody else has changed since it was found stays as it is. */
export async function advanceSchedules(database: Database, advances: readonly Advance[]): Promise<number> {
  const [row] = await wrapStatement("advance_schedules", () =>
    database.sql.unsafe<{ count: number }[]>(CALL, literals(COLUMNS, advances), { prepare: true }),
  );
  return row!.count;
}
