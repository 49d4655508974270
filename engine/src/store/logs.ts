import type { Database, Sql } from "./database.ts";
import { unlessAborted } from "./unless-aborted.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogFilter {
  /** The last line of the page before. */
  readonly after: string | null;
  readonly levels: readonly LogLevel[] | null;
  /** A step's id, or the name of steps. */
  readonly step: string | null;
  readonly limit: number;
}

/** Of a workspace, the newest first. */
export interface LogHistoryFilter {
  /** Lines before and after these. */
  readonly before: string | null;
  readonly after: string | null;
  readonly levels: readonly LogLevel[] | null;
  readonly functionId: string | null;
  /** In the line, its data or the name of its step, in whatever case. */
  readonly text: string | null;
  readonly limit: number;
}

export interface LogLineStored {
  readonly id: string;
  readonly run: string;
  readonly function: string;
  readonly step: { readonly id: string; readonly name: string; readonly n: number };
  readonly attempt: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly data: string | null;
  readonly at: string;
}

type Row = Omit<LogLineStored, "step" | "run" | "function"> & {
  run_id: string;
  function_id: string;
  step_id: string;
  name: string;
  n: number;
};

const fromRow = ({ run_id, function_id, step_id, name, n, ...line }: Row): LogLineStored => ({
  ...line,
  run: run_id,
  function: function_id,
  step: { id: step_id, name, n },
});

const columns = (
  sql: Sql,
) => sql`l.id::text, l.run_id, r.function_id, replace(l.step_id::text, '-', '') as step_id, s.name, s.n, l.attempt, l.level,
  l.message, l.data, durable.rfc3339(l.at) as at`;

/** In the order in which they became durable: that of the primary key. */
export async function listLogs(
  { sql }: Database,
  workspaceId: number,
  runId: string,
  { after, levels, step, limit }: LogFilter,
): Promise<LogLineStored[]> {
  const rows = await sql<Row[]>`
    select ${columns(sql)} from durable.logs l
    join durable.steps s on s.workspace_id = l.workspace_id and s.run_id = l.run_id and s.step_id = l.step_id
    join durable.runs r on r.workspace_id = l.workspace_id and r.id = l.run_id
    where l.workspace_id = ${workspaceId} and l.run_id = ${runId}::uuid
      ${after === null ? sql`` : sql`and l.id > ${after}::bigint`}
      ${levels === null ? sql`` : sql`and l.level = any (${levels as LogLevel[]}::text[])`}
      ${step === null ? sql`` : sql`and (s.name = ${step} or replace(l.step_id::text, '-', '') = ${step})`}
    order by l.id limit ${limit}`;
  return rows.map(fromRow);
}

/** Lines that changes name, of any run of the workspace. */
export async function listLogLines(
  { sql }: Database,
  workspaceId: number,
  ranges: readonly { readonly runId: string; readonly first: string; readonly last: string }[],
): Promise<LogLineStored[]> {
  const of = (member: "runId" | "first" | "last") => ranges.map((range) => range[member]);
  const rows = await sql<Row[]>`
    select ${columns(sql)}
    from unnest(${of("runId")}::text[]::uuid[], ${of("first")}::text[]::bigint[], ${of("last")}::text[]::bigint[]) as q(run, first, last)
    join durable.logs l on l.workspace_id = ${workspaceId} and l.run_id = q.run and l.id between q.first and q.last
    join durable.steps s on s.workspace_id = l.workspace_id and s.run_id = l.run_id and s.step_id = l.step_id
    join durable.runs r on r.workspace_id = l.workspace_id and r.id = l.run_id
    order by l.id`;
  return rows.map(fromRow);
}

/** More are not looked at for one page: it may be short although there are more that fit. */
export const LOG_LINES_LOOKED_MAX = 20_000;

export interface LogHistoryPage {
  readonly lines: readonly LogLineStored[];
  /** Lines before this one were not looked at. Null: there are none. */
  readonly next: string | null;
}

/** By the index of the workspace, from its end: a line is asked for its step and its run only where it must be. */
export async function listLogHistory(
  { sql }: Database,
  workspaceId: number,
  filter: LogHistoryFilter,
  signal?: AbortSignal,
): Promise<LogHistoryPage> {
  const { levels, functionId, text, limit } = filter;
  const rows = await unlessAborted(
    sql<Row[]>`
    select ${columns(sql)} from (
      select l.* from (${looked(sql, workspaceId, filter)} limit ${LOG_LINES_LOOKED_MAX}) as l
      where true
        ${levels === null ? sql`` : sql`and l.level = any (${levels as LogLevel[]}::text[])`}
        ${functionId === null ? sql`` : sql`and (select k.function_id from durable.runs k where k.workspace_id = l.workspace_id and k.id = l.run_id) = ${functionId}`}
        ${text === null ? sql`` : sql`and ${says(sql, text)}`}
      order by l.id desc limit ${limit + 1}
    ) as l
    join durable.steps s on s.workspace_id = l.workspace_id and s.run_id = l.run_id and s.step_id = l.step_id
    join durable.runs r on r.workspace_id = l.workspace_id and r.id = l.run_id
    order by l.id desc`,
    signal,
  );
  const lines = rows.slice(0, limit).map(fromRow);
  if (rows.length > limit) return { lines, next: lines.at(-1)!.id };
  const [last] = await unlessAborted(
    sql<{ id: string }[]>`
    select l.id::text as id from (${looked(sql, workspaceId, filter)} offset ${LOG_LINES_LOOKED_MAX - 1} limit 1) as l`,
    signal,
  );
  return { lines, next: last?.id ?? null };
}

function looked(sql: Sql, workspaceId: number, { before, after }: LogHistoryFilter) {
  return sql`select q.* from durable.logs q where q.workspace_id = ${workspaceId}
    ${before === null ? sql`` : sql`and q.id < ${before}::bigint`}
    ${after === null ? sql`` : sql`and q.id > ${after}::bigint`}
    order by q.id desc`;
}

function says(sql: Sql, text: string) {
  const has = (column: ReturnType<typeof columns>) => sql`position(lower(${text}) in lower(${column})) > 0`;
  return sql`(${has(sql`l.message`)} or coalesce(${has(sql`l.data`)}, false) or ${has(sql`(select k.name from durable.steps k
    where k.workspace_id = l.workspace_id and k.run_id = l.run_id and k.step_id = l.step_id)`)})`;
}
