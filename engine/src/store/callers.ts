import type { Database } from "./database.ts";

export interface CallerStored {
  readonly app: string;
  readonly functions: readonly string[];
  readonly created_at: string;
  readonly created_by: string;
}

/** By name; or one of them. */
export async function listCallers(
  { sql }: Database,
  workspaceId: number,
  app: string | null = null,
): Promise<CallerStored[]> {
  return sql<CallerStored[]>`
    select c.app, c.functions, durable.rfc3339(c.created_at) as created_at, c.created_by
    from durable.callers c where c.workspace_id = ${workspaceId} ${app === null ? sql`` : sql`and c.app = ${app}`} order by c.app`;
}

export interface CallerToAllow {
  readonly app: string;
  readonly functions: readonly string[];
  readonly actor: string;
  readonly reason: string | null;
}

export async function allowCaller(
  { sql }: Database,
  workspaceId: number,
  { app, functions, actor, reason }: CallerToAllow,
): Promise<void> {
  await sql`select durable.allow_caller(${workspaceId}::int, ${app}::text, ${functions as string[]}::text[], ${actor}::text, ${reason}::text)`;
}

/** False: it is none. */
export async function removeCaller(
  { sql }: Database,
  workspaceId: number,
  app: string,
  actor: string,
): Promise<boolean> {
  const [row] = await sql<{ done: boolean }[]>`
    select durable.remove_caller(${workspaceId}::int, ${app}::text, ${actor}::text) as done`;
  return row!.done;
}
