import { plainArray } from "./array-literal.ts";
import type { Database } from "./database.ts";
import type { RunStatus } from "./runs-listing.ts";
import type { StepStored } from "./runs-listing-detail.ts";

/** Of one run; of a longer one the last. */
export const WATCHED_STEPS_MAX = 100;

/** What an outsider may see of a run, if the run's people want it. Values are JSON text as the app wrote it. */
export interface RunWatched {
  readonly id: string;
  readonly status: RunStatus;
  readonly output: string | null;
  /** What it failed with. Why it is paused is nobody's business outside. */
  readonly failure: string | null;
  /** What it last said of itself. */
  readonly state: string | null;
  /** What steps whose code is running said last. */
  readonly progress: readonly {
    readonly name: string;
    readonly progress: string | null;
    readonly at: string;
  }[];
  readonly steps: readonly Pick<StepStored, "name" | "n" | "status" | "settled_at">[];
}

/** In one statement, however many. An id that is not in the workspace is left out. */
export async function loadWatchedRuns(
  { sql }: Database,
  workspaceId: number,
  runIds: readonly string[],
): Promise<RunWatched[]> {
  const rows = await sql<{ run: string }[]>`
    select json_build_object(
      'id', r.id, 'status', coalesce(r.status, durable.shown_status(l)), 'output', r.output,
      'failure', r.failure,
      'state', (select s.value from durable.run_states s where s.workspace_id = r.workspace_id and s.run_id = r.id),
      'progress', (select coalesce(json_agg(json_build_object('name', h.name, 'progress', h.progress, 'at', durable.rfc3339(h.at))
          order by h.name, h.step_id), '[]')
        from durable.heartbeats h where h.workspace_id = r.workspace_id and h.run_id = r.id
          and durable.holds_lease(l, h.step_id, h.fence) and not exists (select 1 from durable.steps s
            where s.workspace_id = h.workspace_id and s.run_id = h.run_id and s.step_id = h.step_id and s.seq is not null)),
      'steps', (select coalesce(json_agg(json_build_object('name', s.name, 'n', s.n, 'status', s.status,
          'settled_at', durable.rfc3339(s.settled_at)) order by s.seq nulls last, s.committed_at, s.step_id), '[]')
        from (select * from durable.steps s where s.workspace_id = r.workspace_id and s.run_id = r.id
          order by s.seq desc nulls first, s.committed_at desc, s.step_id desc limit ${WATCHED_STEPS_MAX}::int) s)
    )::text as run
    from unnest(${plainArray(runIds, (id) => id)}::uuid[]) as q(run_id)
    join durable.runs r on r.workspace_id = ${workspaceId}::int and r.id = q.run_id
    left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id`;
  return rows.map(({ run }) => JSON.parse(run) as RunWatched);
}
