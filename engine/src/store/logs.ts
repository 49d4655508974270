import type { Database } from "./database.ts";

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

/** In the order in which they became durable: that of the primary key. */
export async function listLogs(
  { sql }: Database,
  workspaceId: number,
  runId: string,
  { after, levels, step, limit }: LogFilter,
): Promise<LogLineStored[]> {
  const rows = await sql<Row[]>`
    select l.id::text, replace(l.step_id::text, '-', '') as step_id, s.name, s.n, l.attempt, l.level, l.message, l.data,
      durable.rfc3339(l.at) as at
    from durable.logs l
    join durable.steps s on s.workspace_id = l.workspace_id and s.run_id = l.run_id and s.step_id = l.step_id
    where l.workspace_id = ${workspaceId} and l.run_id = ${runId}::uuid
      ${after === null ? sql`` : sql`and l.id > ${after}::bigint`}
      ${levels === null ? sql`` : sql`and l.level = any (${levels as LogLevel[]}::text[])`}
      ${step === null ? sql`` : sql`and (s.name = ${step} or replace(l.step_id::text, '-', '') = ${step})`}
    order by l.id limit ${limit}`;
  return rows.map(({ step_id, name, n, ...line }) => ({ ...line, step: { id: step_id, name, n } }));
}
