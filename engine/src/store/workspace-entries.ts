import { HELD_MAX, type Pause } from "../domain/pause.ts";
import type { Database } from "./database.ts";

export interface DeploymentRow {
  readonly name: string;
  readonly url: string;
  readonly max_duration_ms: number | null;
  readonly capabilities: readonly string[];
  readonly manifest_digest: string;
  readonly replaced_by: string | null;
  readonly is_retired: boolean;
}

/** Everything the engine keeps of one workspace while it works for it, as stored. */
export interface WorkspaceRow {
  readonly app: string;
  readonly environment: string;
  readonly registryVersion: number;
  readonly isProduction: boolean;
  readonly endpointUrl: string | null;
  readonly maxDurationMs: number | null;
  /** Of the manifest the functions were read from. */
  readonly manifestDigest: string | null;
  /** As the app last said. */
  readonly deployment: string | null;
  readonly capabilities: readonly string[];
  /** Every named one that was synced, also the newest. */
  readonly deployments: readonly DeploymentRow[];
  /** Of functions, also removed ones, that are kept on the deployment they began on. */
  readonly kept: readonly { readonly id: string; readonly version: "pinned" | "drain" }[];
  /** Newest first, sealed; none of them retired. */
  readonly secrets: readonly string[];
  readonly functions: readonly { readonly id: string; readonly version: number; readonly manifest: string }[];
  /** The oldest first. */
  readonly pauses: readonly Pause[];
  /** Apps that may invoke functions of this one, with which. */
  readonly callers: readonly { readonly app: string; readonly functions: readonly string[] }[];
}

/** One statement, one snapshot: the version goes with the functions it counts. Null for an unknown id. */
export async function loadWorkspace(database: Database, workspaceId: number): Promise<WorkspaceRow | null> {
  const [row] = await database.sql<
    {
      app: string;
      environment: string;
      registry_version: number;
      production: boolean;
      url: string | null;
      max_duration_ms: number | null;
      manifest_digest: string | null;
      deployment: string | null;
      capabilities: string[] | null;
      deployments: string | null;
      kept: string | null;
      secrets: string | null;
      functions: string | null;
      pauses: string | null;
      callers: string | null;
    }[]
  >`
    select w.app, w.environment, w.registry_version, w.production, e.url, e.max_duration_ms, e.manifest_digest, e.deployment, e.capabilities,
      (select json_agg(json_build_object('name', d.name, 'url', d.url, 'max_duration_ms', d.max_duration_ms,
          'capabilities', d.capabilities, 'manifest_digest', d.manifest_digest,
          'replaced_by', d.replaced_by, 'is_retired', d.retired_at is not null))::text
        from durable.deployments d where d.workspace_id = w.id) as deployments,
      (select json_agg(json_build_object('id', f.id, 'version', f.manifest::json ->> 'version'))::text
        from durable.functions f
        where f.workspace_id = w.id and f.manifest::json ->> 'version' in ('pinned', 'drain')) as kept,
      (select json_agg(s.secret order by s.id desc)::text from durable.signing_secrets s
        where s.workspace_id = w.id and (s.retired_at is null or s.retired_at > clock_timestamp())) as secrets,
      (select json_agg(json_build_object('id', f.id, 'version', f.version, 'manifest', f.manifest) order by f.id)::text
        from durable.functions f where f.workspace_id = w.id and f.removed_at is null) as functions,
      (select json_agg(json_build_object('id', p.id, 'kind', p.kind, 'functionId', p.function_id, 'limitId', p.limit_id,
          'key', p.key, 'by', p.actor, 'since', durable.rfc3339(p.since),
          'isFull', (select count(*) from (select 1 from durable.parked k
            where k.workspace_id = p.workspace_id and k.gate_id = p.id limit ${HELD_MAX}::int) as h) = ${HELD_MAX}::int)
          order by p.since, p.id)::text
        from durable.pauses p where p.workspace_id = w.id and not p.ending) as pauses,
      (select json_agg(json_build_object('app', c.app, 'functions', c.functions))::text
        from durable.callers c where c.workspace_id = w.id) as callers
    from durable.workspaces w left join durable.endpoints e on e.workspace_id = w.id
    where w.id = ${workspaceId}`;
  if (row === undefined) return null;
  return {
    app: row.app,
    environment: row.environment,
    registryVersion: row.registry_version,
    isProduction: row.production,
    endpointUrl: row.url,
    maxDurationMs: row.max_duration_ms,
    manifestDigest: row.manifest_digest,
    deployment: row.deployment,
    capabilities: row.capabilities ?? [],
    deployments: JSON.parse(row.deployments ?? "[]") as DeploymentRow[],
    kept: JSON.parse(row.kept ?? "[]") as WorkspaceRow["kept"],
    secrets: JSON.parse(row.secrets ?? "[]") as string[],
    functions: JSON.parse(row.functions ?? "[]") as WorkspaceRow["functions"],
    pauses: JSON.parse(row.pauses ?? "[]") as Pause[],
    callers: JSON.parse(row.callers ?? "[]") as WorkspaceRow["callers"],
  };
}
