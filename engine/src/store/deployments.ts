import type { Database } from "./database.ts";

export interface DeploymentListed {
  readonly name: string;
  readonly url: string;
  readonly is_newest: boolean;
  readonly kept_runs: number;
  readonly synced_at: string;
  readonly replaced_by: string | null;
  readonly retired_at: string | null;
}

/** Last synced first. A run is kept where a person has moved it, or, by its function's version, on what ran it last. */
export async function listDeployments(
  { sql }: Database,
  workspaceId: number,
  limit: number,
): Promise<DeploymentListed[]> {
  return await sql<DeploymentListed[]>`
    with keeping as materialized (
      select f.id from durable.functions f
      where f.workspace_id = ${workspaceId} and f.manifest::json ->> 'version' in ('pinned', 'drain')
    ), kept as materialized (
      select p.deployment as name
      from durable.placements p join durable.live_runs l on l.workspace_id = p.workspace_id and l.run_id = p.run_id
      where p.workspace_id = ${workspaceId}
      union all
      select durable.deployment_of(l.workspace_id, l.run_id, null)
      from durable.live_runs l join durable.runs r on r.workspace_id = l.workspace_id and r.id = l.run_id
      join keeping k on k.id = r.function_id
      -- Most apps keep nothing: then their live runs are not walked over at all.
      where l.workspace_id = ${workspaceId} and (select count(*) from keeping) > 0 and not exists (
        select 1 from durable.placements p where p.workspace_id = l.workspace_id and p.run_id = l.run_id)
    )
    select d.name, d.url, e.deployment is not distinct from d.name as is_newest,
      (select count(*)::int from kept where kept.name = d.name) as kept_runs,
      durable.rfc3339(d.synced_at) as synced_at, d.replaced_by, durable.rfc3339(d.retired_at) as retired_at
    from durable.deployments d left join durable.endpoints e on e.workspace_id = d.workspace_id
    where d.workspace_id = ${workspaceId}
    order by d.synced_at desc, d.name limit ${limit}`;
}

/** Null for an unknown one. */
export async function retireDeployment(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  name: string,
): Promise<"retired" | "already" | "newest" | null> {
  const [row] = await sql<{ state: "retired" | "already" | "newest" | null }[]>`
    select durable.retire_deployment(${workspaceId}::int, ${actor}::text, ${name}::text) as state`;
  return row!.state;
}
