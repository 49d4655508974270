import { plainArray } from "./array-literal.ts";
import type { Database } from "./database.ts";
import type { RunStatus } from "./runs-listing.ts";

/** Where a run is, and what came of it. */
export interface RunState {
  readonly status: RunStatus;
  /** JSON text as the app wrote it. */
  readonly output: string | null;
  readonly failure: string | null;
  /** What it last said of itself; JSON text. */
  readonly state: string | null;
}

/** Whether the run has not ended; null for an id that is not in this workspace. */
export async function isRunLive(
  { sql }: Database,
  workspaceId: number,
  runId: string,
): Promise<boolean | null> {
  const [row] = await sql<{ live: boolean }[]>`
    select r.status is null as live from durable.runs r
    where r.workspace_id = ${workspaceId} and r.id = ${runId}::uuid`;
  return row?.live ?? null;
}

/** In one statement, however many ask. Null in place of an id that is not in its workspace. */
export async function loadRunStates(
  { sql }: Database,
  runs: readonly { readonly workspaceId: number; readonly runId: string }[],
): Promise<(RunState | null)[]> {
  const rows = await sql<(RunState & { asked: number })[]>`
    select q.asked::int as asked, coalesce(r.status, durable.shown_status(l)) as status, r.output,
      case when l.status = 'paused' then r.pause_reason else r.failure end as failure, s.value as state
    from unnest(${plainArray(runs, (run) => run.workspaceId)}::int[], ${plainArray(runs, (run) => run.runId)}::uuid[])
      with ordinality as q(workspace_id, run_id, asked)
    join durable.runs r on r.workspace_id = q.workspace_id and r.id = q.run_id
    left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
    left join durable.run_states s on s.workspace_id = r.workspace_id and s.run_id = r.id`;
  const states = new Array<RunState | null>(runs.length).fill(null);
  for (const { asked, ...state } of rows) states[asked - 1] = state;
  return states;
}
