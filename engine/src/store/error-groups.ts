import type { Database } from "./database.ts";

export const ERROR_STATES = ["open", "resolved", "muted"] as const;
export type ErrorState = (typeof ERROR_STATES)[number];

const IN_TROUBLE_MAX = 1_000;

export interface ErrorGroup {
  readonly fingerprint: string;
  readonly name: string;
  /** Of the last one. */
  readonly message: string;
  readonly step: string | null;
  readonly frame: string | null;
  readonly count: number;
  /** Of the newest 1,000 of its runs: those that failed with no rerun that completed, and those that are paused. */
  readonly runs_in_trouble: number;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly state: ErrorState;
  readonly state_at: string | null;
  readonly state_by: string | null;
  readonly state_reason: string | null;
  readonly functions: readonly string[];
  /** Where it stands in the list. */
  readonly position: string;
}

export interface ErrorVersion {
  readonly function: string;
  readonly version: number;
  /** Null where the app names none. */
  readonly deployment: string | null;
  readonly count: number;
  readonly first_seen: string;
  readonly last_seen: string;
}

export interface ErrorFilter {
  readonly state: ErrorState | null;
  readonly functionId: string | null;
  readonly fingerprint: string | null;
  /** The position of the last group of the page before. */
  readonly before: { readonly lastSeenUs: string; readonly fingerprint: string } | null;
  readonly limit: number;
}

/** The last seen first. Sorted when asked: groups are few, and an index would be written with every failure. */
export async function listErrorGroups(
  { sql }: Database,
  workspaceId: number,
  { state, functionId, fingerprint, before, limit }: ErrorFilter,
): Promise<ErrorGroup[]> {
  return await sql<ErrorGroup[]>`
    with page as (
      select g.*, (extract(epoch from g.last_seen) * 1000000)::bigint as last_us from durable.error_groups g
      where g.workspace_id = ${workspaceId}
        ${state === null ? sql`` : sql`and g.state = ${state}`}
        ${fingerprint === null ? sql`` : sql`and g.fingerprint = ${fingerprint}`}
        ${
          functionId === null
            ? sql``
            : sql`and exists (select 1 from durable.error_versions v where v.workspace_id = ${workspaceId}
                and v.fingerprint = g.fingerprint and v.function_id = ${functionId})`
        }
        ${
          before === null
            ? sql``
            : sql`and ((extract(epoch from g.last_seen) * 1000000)::bigint, g.fingerprint) < (${before.lastSeenUs}::bigint, ${before.fingerprint}::text)`
        }
      order by last_us desc, g.fingerprint desc limit ${limit}
    )
    select p.fingerprint, p.name, p.message, p.step, p.frame, p.count::float8 as count, durable.rfc3339(p.first_seen) as first_seen,
      durable.rfc3339(p.last_seen) as last_seen,
      (select count(*)::int from (
          select x.run_id from durable.run_errors x where x.workspace_id = p.workspace_id and x.fingerprint = p.fingerprint
          order by x.run_id desc limit ${IN_TROUBLE_MAX}) as x
        join durable.runs r on r.workspace_id = p.workspace_id and r.id = x.run_id
        left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
        where l.status = 'paused' or r.status = 'failed' and not exists (select 1 from durable.runs k
          where k.workspace_id = r.workspace_id and k.origin_run_id = r.id and k.status = 'completed')) as runs_in_trouble, p.state, durable.rfc3339(p.state_at) as state_at, p.state_by, p.state_reason,
      array(select distinct v.function_id from durable.error_versions v
        where v.workspace_id = p.workspace_id and v.fingerprint = p.fingerprint order by 1) as functions,
      p.last_us || '.' || p.fingerprint as position
    from page p order by p.last_us desc, p.fingerprint desc`;
}

/** The newest first. */
export async function listErrorVersions(
  { sql }: Database,
  workspaceId: number,
  fingerprint: string,
  limit: number,
): Promise<ErrorVersion[]> {
  return await sql<ErrorVersion[]>`
    select v.function_id as function, v.function_version as version, nullif(v.deployment, '') as deployment,
      v.count::float8 as count, durable.rfc3339(v.first_seen) as first_seen, durable.rfc3339(v.last_seen) as last_seen
    from durable.error_versions v where v.workspace_id = ${workspaceId} and v.fingerprint = ${fingerprint}
    order by v.last_seen desc, v.function_version desc, v.function_id, v.deployment limit ${limit}`;
}

/** Answers the state before, or null for a group that is not in this workspace. */
export async function triageErrors(
  { sql }: Database,
  workspaceId: number,
  fingerprint: string,
  state: ErrorState,
  actor: string,
  reason: string | null,
): Promise<ErrorState | null> {
  const [row] = await sql<{ before: ErrorState | null }[]>`
    select durable.triage_errors(${workspaceId}::int, ${fingerprint}::text, ${state}::text, ${actor}::text, ${reason}::text) as before`;
  return row!.before;
}
