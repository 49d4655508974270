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

export interface WorkspaceListed {
  readonly app: string;
  readonly environment: string;
  readonly created_at: string;
  readonly endpoint: {
    readonly url: string;
    readonly sdk: string;
    readonly capabilities: readonly string[];
    readonly max_duration_ms: number | null;
    readonly deployment: string | null;
    readonly synced_at: string;
  } | null;
}

/** All of them, by name. An engine has tens, not thousands: an app is something a team deploys. */
export async function listWorkspaces({ sql }: Database): Promise<WorkspaceListed[]> {
  const rows = await sql<{ app: string; environment: string; created_at: string; endpoint: string | null }[]>`
    select w.app, w.environment, durable.rfc3339(w.created_at) as created_at,
      case when e.workspace_id is not null then json_build_object(
        'url', e.url, 'sdk', e.sdk, 'capabilities', e.capabilities, 'max_duration_ms', e.max_duration_ms,
        'deployment', e.deployment, 'synced_at', durable.rfc3339(e.synced_at))::text end as endpoint
    from durable.workspaces w left join durable.endpoints e on e.workspace_id = w.id
    order by w.app, w.environment`;
  return rows.map((row) => ({
    app: row.app,
    environment: row.environment,
    created_at: row.created_at,
    endpoint: row.endpoint === null ? null : (JSON.parse(row.endpoint) as WorkspaceListed["endpoint"]),
  }));
}
