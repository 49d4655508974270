import type { Database } from "./database.ts";

export const ENGINE_STATES = ["live", "draining", "stopped", "dead"] as const;
export type EngineState = (typeof ENGINE_STATES)[number];

export const FLEET_MAX = 200;

export interface EngineListed {
  readonly id: number;
  readonly state: EngineState;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly started_at: string;
  readonly seen_at: string;
  readonly seen_ms_ago: number;
  readonly lease_ms: number;
  readonly slots: number;
  /** Null: it has not said, or has left. */
  readonly slots_used: number | null;
  readonly leases: number | null;
}

/** Engines that live, and those of the last hour. A row per process that ever was: the rescuer reads as many, and more often. */
export async function listEngines({ sql }: Database): Promise<EngineListed[]> {
  return await sql<EngineListed[]>`
    select e.id, e.state, e.host, e.pid, e.version, durable.rfc3339(e.started_at) as started_at, durable.rfc3339(e.seen_at) as seen_at,
      greatest(0, round(extract(epoch from clock_timestamp() - e.seen_at) * 1000))::float8 as seen_ms_ago, e.lease_ms, e.slots,
      case when e.state in ('live', 'draining') then e.slots_used end as slots_used,
      case when e.state in ('live', 'draining') then e.leases end as leases
    from durable.engines e
    where e.state in ('live', 'draining') or e.seen_at > clock_timestamp() - interval '1 hour'
    order by e.state in ('live', 'draining') desc, e.id desc limit ${FLEET_MAX}`;
}
