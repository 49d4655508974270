import type { Database } from "./database.ts";

/** Stored only while something is wrong; a workspace without a row is healthy. */
export interface Circuit {
  readonly workspaceId: number;
  readonly state: "open" | "limited" | "closing";
  /** Until something may be sent; below 0 when that is now. */
  readonly pauseMs: number;
}

export async function listCircuits({ sql }: Database): Promise<Circuit[]> {
  const rows = await sql<{ workspace_id: number; state: Circuit["state"]; pause_ms: number }[]>`
    select workspace_id, state, (extract(epoch from next_probe_at - clock_timestamp()) * 1000)::float8 as pause_ms
    from durable.circuits order by workspace_id`;
  return rows.map((row) => ({ workspaceId: row.workspace_id, state: row.state, pauseMs: row.pause_ms }));
}

export async function openCircuit(
  { sql }: Database,
  workspaceId: number,
  error: string,
  probeMs: number,
): Promise<void> {
  await sql`select durable.open_circuit(${workspaceId}::int, ${error}, ${probeMs}::int)`;
}

/** True for one engine only. */
export async function takeProbe(
  { sql }: Database,
  workspaceId: number,
  probeMsMax: number,
): Promise<boolean> {
  const [row] = await sql<{ taken: boolean }[]>`
    select durable.take_probe(${workspaceId}::int, ${probeMsMax}::int) as taken`;
  return row!.taken;
}

/** `error` is null when the endpoint answered. */
export async function endProbe({ sql }: Database, workspaceId: number, error: string | null): Promise<void> {
  await sql`select durable.end_probe(${workspaceId}::int, ${error}::text)`;
}

export async function limitCircuit(
  { sql }: Database,
  workspaceId: number,
  error: string,
  pauseMs: number,
  probeMs: number,
): Promise<void> {
  await sql`select durable.limit_circuit(${workspaceId}::int, ${error}, ${Math.round(pauseMs)}::int, ${probeMs}::int)`;
}

export async function closeCircuit({ sql }: Database, workspaceId: number): Promise<void> {
  await sql`select durable.close_circuit(${workspaceId}::int)`;
}

/** Of a closing one: answers how many jobs went back to ready. */
export async function releaseParked({ sql }: Database, workspaceId: number, limit: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select durable.release_parked(${workspaceId}::int, ${limit}::int) as count`;
  return row!.count;
}
