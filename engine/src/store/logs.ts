import type { Database, Sql } from "./database.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogFilter {
  /** The last line of the page before. */
  readonly after: string | null;
  readonly levels: readonly LogLevel[] | null;
  /** A step's id, or the name of steps. */
  readonly step: string | null;
  readonly limit: number;
}

export interface LogLineStored {
  readonly id: string;
  readonly step: { readonly id: string; readonly name: string; readonly n: number };
  readonly attempt: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly data: string | null;
  readonly at: string;
}

type Row = Omit<LogLineStored, "step"> & { step_id: string; name: string; n: number };

const fromRow = ({ step_id, name, n, ...line }: Row): LogLineStored => ({
  ...line,
  step: { id: step_id, name, n },
});

const columns = (
  sql: Sql,
) => sql`l.id::text, replace(l.step_id::text, '-', '') as step_id, s.name, s.n, l.attempt, l.level,
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
): Promise<(LogLineStored & { readonly runId: string })[]> {
  const of = (member: "runId" | "first" | "last") => ranges.map((range) => range[member]);
  const rows = await sql<(Row & { run_id: string })[]>`
    select l.run_id, ${columns(sql)}
    from unnest(${of("runId")}::text[]::uuid[], ${of("first")}::text[]::bigint[], ${of("last")}::text[]::bigint[]) as q(run, first, last)
    join durable.logs l on l.workspace_id = ${workspaceId} and l.run_id = q.run and l.id between q.first and q.last
    join durable.steps s on s.workspace_id = l.workspace_id and s.run_id = l.run_id and s.step_id = l.step_id
    order by l.id`;
  return rows.map(({ run_id, ...line }) => ({ ...fromRow(line as Row), runId: run_id }));
}
