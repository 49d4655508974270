import type { Database } from "./database.ts";

export interface LimitListed {
  readonly id: string;
  readonly name: string;
  /** Null: several functions share it. */
  readonly function: string | null;
  readonly kind: "concurrency" | "throttle" | "singleton";
  readonly declared: number;
  /** By a person, instead of what is declared. */
  readonly set_to: number | null;
  /** Which of the two counts. */
  readonly count: number;
  readonly period_ms: number | null;
  readonly burst: number | null;
  /** Over all its keys. */
  readonly used: number;
  readonly parked: number;
  readonly gates: readonly {
    /** JSON text; null for a limit without a key. */
    readonly key: string | null;
    readonly unit: "step" | "run" | "start";
    readonly used: number;
    readonly parked: number;
  }[];
}

/** By name. Each with its `gatesMax` busiest gates, the one with most parked jobs first. */
export async function listLimits(
  { sql }: Database,
  workspaceId: number,
  gatesMax: number,
): Promise<LimitListed[]> {
  return await sql<LimitListed[]>`
    with busy as materialized (
      select g.limit_id, g.key, g.unit, g.used, g.parked,
        row_number() over (partition by g.limit_id order by g.parked desc, g.used desc, g.id) as no
      from durable.gates g where g.workspace_id = ${workspaceId} and (g.used > 0 or g.parked > 0)
    )
    select l.id, l.name, l.function_id as function, l.kind, l.declared, l.set_to, durable.limit_now(l) as count,
      l.period_ms, case when l.kind = 'throttle' then l.burst end as burst,
      coalesce(sum(b.used), 0)::int as used, coalesce(sum(b.parked), 0)::int as parked,
      coalesce(json_agg(json_build_object('key', b.key, 'unit', b.unit, 'used', b.used, 'parked', b.parked) order by b.no)
        filter (where b.no <= ${gatesMax}), '[]') as gates
    from durable.limits l left join busy b on b.limit_id = l.id
    where l.workspace_id = ${workspaceId} and l.declared is not null
    group by l.workspace_id, l.id order by l.name, l.id`;
}

/** @param count Null goes back to what is declared. @returns False for an unknown one, and one that nothing declares any more. */
export async function setLimit(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  {
    id,
    count,
    reason,
  }: { readonly id: string; readonly count: number | null; readonly reason: string | null },
): Promise<boolean> {
  const [row] = await sql<{ done: boolean }[]>`
    select durable.set_limit(${workspaceId}::int, ${actor}::text, ${id}::uuid, ${count}::int, ${reason}::text) as done`;
  return row!.done;
}
