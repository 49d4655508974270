import type { Database } from "./database.ts";

/** The id of app x environment, or null. Ids are never given up, so a found one may be kept for ever. */
export async function findWorkspace(
  { sql }: Database,
  app: string,
  environment: string,
): Promise<number | null> {
  const [row] = await sql<{ id: number }[]>`
    select id from durable.workspaces where app = ${app} and environment = ${environment}`;
  return row?.id ?? null;
}

/** The same, made if need be. */
export async function ensureWorkspace({ sql }: Database, app: string, environment: string): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    select durable.ensure_workspace(${app}, ${environment}) as id`;
  return row!.id;
}

/** Whether the endpoint is called, and if not, since when and how many runs wait for it. */
export interface CircuitShown {
  readonly state: "closed" | "open" | "limited";
  readonly since: string | null;
  readonly frozen_runs: number;
  readonly next_probe_at: string | null;
  readonly last_error: string | null;
}

/** Where jobs are parked that no gate holds back, but the circuit of their workspace. */
const NO_GATE = "00000000-0000-0000-0000-000000000000";

/** As an SQL expression of a `workspace_id`: null for a healthy one. Runs of a circuit that closes count as ready. */
export function circuitOf(sql: Database["sql"], workspaceId: ReturnType<Database["sql"]>) {
  return sql`(select json_build_object('state', c.state, 'since', durable.rfc3339(c.since),
      'frozen_runs', (select count(distinct k.run_id) from durable.parked k
        join durable.live_runs f on f.workspace_id = k.workspace_id and f.run_id = k.run_id
        where k.workspace_id = c.workspace_id and k.gate_id = ${NO_GATE}::uuid),
      'next_probe_at', durable.rfc3339(c.next_probe_at), 'last_error', c.error)
    from durable.circuits c where c.workspace_id = ${workspaceId} and c.state <> 'closing')`;
}

const CLOSED: CircuitShown = {
  state: "closed",
  since: null,
  frozen_runs: 0,
  next_probe_at: null,
  last_error: null,
};

export interface WorkspaceListed {
  readonly app: string;
  readonly environment: string;
  readonly created_at: string;
  readonly production: boolean;
  readonly endpoint: {
    readonly url: string;
    readonly sdk: string;
    readonly capabilities: readonly string[];
    readonly max_duration_ms: number | null;
    readonly deployment: string | null;
    readonly synced_at: string;
    readonly circuit: CircuitShown;
  } | null;
}

/** People are asked twice there from now on, or no longer. */
export async function markWorkspace(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  isProduction: boolean,
  reason: string | null,
): Promise<void> {
  await sql`select durable.mark_workspace(${workspaceId}::int, ${actor}::text, ${isProduction}::boolean, ${reason}::text)`;
}

type Listed = Omit<WorkspaceListed, "endpoint"> & { readonly endpoint: string | null };

/**
 * By name. An engine has tens, not thousands: an app is something a team deploys.
 * @param only Null: all.
 */
export async function listWorkspaces({ sql }: Database, only: number | null): Promise<WorkspaceListed[]> {
  const rows = await sql<Listed[]>`
    select w.app, w.environment, durable.rfc3339(w.created_at) as created_at, w.production,
      case when e.workspace_id is not null then json_build_object(
        'url', e.url, 'sdk', e.sdk, 'capabilities', e.capabilities, 'max_duration_ms', e.max_duration_ms,
        'deployment', e.deployment, 'synced_at', durable.rfc3339(e.synced_at),
        'circuit', ${circuitOf(sql, sql`e.workspace_id`)})::text end as endpoint
    from durable.workspaces w left join durable.endpoints e on e.workspace_id = w.id
    where ${only}::int is null or w.id = ${only}::int
    order by w.app, w.environment`;
  return rows.map((row) => ({
    ...row,
    endpoint: row.endpoint === null ? null : toEndpoint(row.endpoint),
  }));
}

function toEndpoint(json: string): NonNullable<WorkspaceListed["endpoint"]> {
  const endpoint = JSON.parse(json);
  return { ...endpoint, circuit: endpoint.circuit ?? CLOSED };
}
