import type { Database } from "./database.ts";

/** A shape of a function, by what its keys are read with. */
export interface ShapeAsked {
  readonly functionId: string;
  readonly kind: string;
  /** Of a rate limit. */
  readonly limit: number | null;
  readonly periodMs: number | null;
  readonly burst: number | null;
}

/** What a shape remembers of one value of its key, as long as that decides anything. */
export interface ShapeKeyListed {
  readonly functionId: string;
  readonly kind: string;
  /** JSON text; null for a shape without a key. */
  readonly key: string | null;
  /** Duplicates are of it; it collects; it holds the singleton. */
  readonly run: string | null;
  /** What collects begins then; until then it starts no other. */
  readonly until: string | null;
  readonly events: number | null;
  readonly bytes: number | null;
  /** Of a rate limit: starts inside of the period, also those to come. */
  readonly starts: number | null;
  /** Of a rate limit that is used up: when the next start is possible. */
  readonly nextStartAt: string | null;
  readonly at: string;
}

export interface ShapeKeysFound {
  readonly keys: readonly ShapeKeyListed[];
  /** There are more than were looked at: only those of some values were. */
  readonly isPartial: boolean;
}

/** Of a workspace: keys have no index by function, for every event with a new one would write it. */
const LOOKED_AT_MAX = 10_000;

/**
 * The keys that events have come to last, `keysMax` of each shape, the latest first.
 * @param ids Only these.
 */
export async function listShapeKeys(
  { sql }: Database,
  workspaceId: number,
  asked: readonly ShapeAsked[],
  keysMax: number,
  ids: readonly string[] | null,
): Promise<ShapeKeysFound> {
  const rows = await sql<(ShapeKeyListed & { looked: number })[]>`
    with declared as materialized (
      select * from unnest(${asked.map(({ functionId }) => functionId)}::text[], ${asked.map(({ kind }) => kind)}::text[],
        ${asked.map(({ limit }) => limit)}::int[], ${asked.map(({ periodMs }) => periodMs)}::float8[], ${asked.map(({ burst }) => burst)}::int[])
        as d(function_id, kind, count, ms, burst)
    ), looked as materialized (
      select k.* from durable.shape_keys k where k.workspace_id = ${workspaceId}
        ${ids === null ? sql`` : sql`and k.id = any (${ids}::uuid[])`}
      order by k.id limit ${LOOKED_AT_MAX + 1}
    ), known as (
      select k.function_id, k.kind, k.key, k.touched_at, k.run_id, k.events, k.bytes,
        d.count, d.ms, d.burst, n.now, k.until as period_end, t.due_at as begins_at,
        case when k.kind = 'rate-limit' and d.burst is null
          then array(select s from unnest(k.starts) as s where durable.after_ms(s, d.ms) > n.now order by s) end as starts
      from looked k join declared d on d.function_id = k.function_id and d.kind = k.kind
      cross join (select durable.durable_now() as now) as n
      left join durable.timers t on k.kind in ('debounce', 'batch') and t.workspace_id = k.workspace_id and t.run_id = k.run_id
        and t.step_id = '00000000-0000-0000-0000-000000000000' and t.kind = 'begin'
      -- What a rate limit remembers works another way with a burst than without.
      where k.kind <> 'rate-limit' or (d.burst is null) = (k.starts is not null)
    ), alive as (
      select k.*, row_number() over (partition by k.function_id, k.kind order by k.touched_at desc, k.key) as no from known k
      where k.period_end > k.now or k.begins_at is not null or k.kind = 'singleton' and exists (
        select 1 from durable.live_runs l where l.workspace_id = ${workspaceId} and l.run_id = k.run_id)
    )
    select a.function_id as "functionId", a.kind, a.key,
      a.run_id as run, durable.rfc3339(coalesce(a.begins_at, case when a.kind <> 'rate-limit' and a.period_end > a.now then a.period_end end)) as until,
      case when a.begins_at is not null then a.events end as events, case when a.begins_at is not null then a.bytes end as bytes,
      cardinality(a.starts) as starts,
      durable.rfc3339(case when a.kind <> 'rate-limit' then null
        when a.burst is null then durable.after_ms(a.starts[cardinality(a.starts) - a.count + 1], a.ms)
        else nullif(greatest(durable.after_ms(a.period_end, -a.ms / a.count * (a.burst - 1)), a.now), a.now) end) as "nextStartAt",
      durable.rfc3339(a.touched_at) as at, (select count(*)::int from looked) as looked
    from alive a where a.no <= ${keysMax} order by a.function_id, a.kind, a.no`;
  const keys = rows.map(({ looked, ...key }) => key);
  return { keys, isPartial: (rows[0]?.looked ?? 0) > LOOKED_AT_MAX };
}
