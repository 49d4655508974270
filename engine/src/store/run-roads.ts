// Ways to runs, the narrowest first: the first that fits a filter is walked, and what the others ask is tested on the way. Each is
// one index in the order of ids, so that a page takes what it shows and sorts nothing.
import type postgres from "postgres";
import { isFingerprint } from "../domain/fingerprint.ts";
import { idsBeside } from "../domain/ids.ts";
import { hasEnded } from "../domain/run-end.ts";
import type { RunStatus } from "../domain/run-status.ts";
import type { Sql } from "./database.ts";
import type { RunFilter } from "./run-filter.ts";

export type Fragment = postgres.PendingQuery<postgres.Row[]>;

export interface Road {
  readonly fits: boolean;
  /** `table as x where ...`: rows of runs, or narrow ones beside them. */
  readonly of: () => Fragment;
  /** It is of runs; else its rows name theirs. */
  readonly isOwn: boolean;
  /** A condition on a narrow row that no index answers. It is asked before the run is fetched. */
  readonly sieve?: () => Fragment;
  /** The same of a run on another road. */
  readonly test?: () => Fragment;
  /** All on it are of the status that is asked for. */
  readonly isOfStatus?: true;
  /** Each that is looked at costs a page of its own; so with those that are not of runs. */
  readonly isScattered?: true;
}

/** Of one run. Their number is the planner's only hint that it is small. */
const RERUNS_MAX = 1_000;

export function roadsOf(sql: Sql, workspaceId: number, filter: RunFilter): readonly Road[] {
  const { statuses, functionId, eventId, error, parent, key, ids, terms } = filter;
  const own = (condition: Fragment) => ({
    of: () => sql`durable.runs as x where x.workspace_id = ${workspaceId} ${condition}`,
    isOwn: true,
  });
  const beside = (table: Fragment, condition: Fragment) => ({
    of: () => sql`${table} as x where x.workspace_id = ${workspaceId} ${condition}`,
    isOwn: false,
    test: () =>
      sql`and exists (select 1 from ${table} as x where x.workspace_id = ${workspaceId} and x.run_id = r.id ${condition})`,
  });
  const isOnly = (status: RunStatus) => statuses?.length === 1 && statuses[0] === status;
  const isBadEnd = isOnly("failed") || isOnly("cancelled");
  const badEnd = () => sql`and x.status = ${statuses![0]!} and x.status in ('failed', 'cancelled')`;
  const isLive = statuses?.some((one) => hasEnded({ status: one })) === false;
  return [
    { fits: ids !== null, ...own(sql`and x.id = any (${(ids ?? []) as string[]}::text[]::uuid[])`) },
    {
      fits: eventId !== null,
      ...own(sql`and ${bornOf(sql, workspaceId, eventId, sql`x.id`)}`),
      test: () => sql`and ${bornOf(sql, workspaceId, eventId, sql`r.id`)}`,
    },
    {
      fits: error !== null && isFingerprint(error),
      ...beside(sql`durable.run_errors`, sql`and x.fingerprint = ${error}`),
    },
    {
      fits: parent !== null,
      ...beside(
        sql`durable.children`,
        sql`and x.parent_workspace_id = any (${besidesOf(sql, workspaceId)}) and x.parent_run_id = ${parent}::uuid`,
      ),
    },
    ...terms.map(([name, value]) => ({
      fits: true,
      ...beside(sql`durable.run_terms`, sql`and x.name = ${name} and x.value = ${value}`),
    })),
    // Few are, and they are asked for when somebody is in a hurry. A run that is to pause has a reason, too, so it is tested.
    {
      fits: isOnly("paused"),
      ...own(sql`and x.pause_reason is not null and x.status is null`),
      isScattered: true,
    },
    {
      fits: isBadEnd && functionId !== null,
      ...own(
        isBadEnd
          ? sql`and x.function_id || '/' || x.status = ${`${functionId}/${statuses![0]}`} and x.status in ('failed', 'cancelled')`
          : sql``,
      ),
      test: () => sql`and r.function_id = ${functionId}`,
      isOfStatus: true,
    },
    { fits: isBadEnd, ...own(isBadEnd ? badEnd() : sql``), isOfStatus: true },
    {
      fits: functionId !== null,
      ...own(sql`and x.function_id = ${functionId}`),
      test: () => sql`and r.function_id = ${functionId}`,
    },
    {
      fits: key !== null || isLive,
      of: () => sql`durable.live_runs as x where x.workspace_id = ${workspaceId}`,
      isOwn: false,
      sieve: () => sql`
        ${key === null ? sql`` : standsAt(sql, workspaceId, key, sql`x`)}
        ${statuses === null ? sql`` : sql`and durable.shown_status(x) = any (${statuses as RunStatus[]}::text[])`}`,
      ...(key !== null && { test: () => standsAt(sql, workspaceId, key, sql`l`) }),
      isOfStatus: true,
    },
    { fits: true, ...own(sql``) },
  ];
}

/** The workspaces whose runs may have started some of this one. There are few, and the index over children begins with them. */
function besidesOf(sql: Sql, workspaceId: number): Fragment {
  return sql`array(select b.id from durable.workspaces b
    where b.environment = (select o.environment from durable.workspaces o where o.id = ${workspaceId}))`;
}

/** At a limit for this key. The gates are looked up once. */
function standsAt(sql: Sql, workspaceId: number, key: string, live: Fragment): Fragment {
  return sql`and ${live}.run_gates || ${live}.step_gates && array(
    select g.id from durable.gates g where g.workspace_id = ${workspaceId} and g.key = ${key})`;
}

/**
 * There is no index by event: it would cost every run twice. They are found where their ids must be; those that it went into, and
 * those that a person made of a skip, are listed; and so is what was made of any of them by going over it again.
 */
function bornOf(sql: Sql, workspaceId: number, eventId: string | null, id: Fragment): Fragment {
  if (eventId === null) return sql`true`;
  const [first, last] = idsBeside(eventId);
  return sql`${id} = any (array(
    with recursive family(id) as (
      (select b.id from durable.runs b
        where b.workspace_id = ${workspaceId} and b.event_id = ${eventId}::uuid and b.id between ${first}::uuid and ${last}::uuid
      union all
      select c.run_id from durable.collected_events c where c.workspace_id = ${workspaceId} and c.event_id = ${eventId}::uuid
      union all
      select s.started_run from durable.skips s
        where s.workspace_id = ${workspaceId} and s.event_id = ${eventId}::uuid and s.started_run is not null)
      union
      select again.id from family f cross join lateral (
        select a.id from durable.runs a where a.workspace_id = ${workspaceId} and a.origin_run_id = f.id limit ${RERUNS_MAX}) as again
    ) select f.id from family f))`;
}
