import { useMemo } from "react";
import { useAnswer } from "../../api/query.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { LIVE_STATUSES } from "../../words/run-status.ts";

/** A page of live runs is read and counted by function: so many at most. */
const READ_MAX = 200;
const READ_MS = 5_000;

export interface LiveByFunction {
  readonly counts: ReadonlyMap<string, number>;
  /** False: there are more live runs than were looked at. */
  readonly isExact: boolean;
}

/** Null until it was read. */
export function useLiveByFunction(): LiveByFunction | null {
  const params = useWorkspaceParams();
  const query = { q: `status:${LIVE_STATUSES.join(",")}`, limit: READ_MAX };
  const { data } = useAnswer("listRuns", { params, query }, { keep: true });
  useReadAsRunsMove(["listRuns"], READ_MS);
  return useMemo(() => {
    if (data === undefined) return null;
    const counts = new Map<string, number>();
    for (const run of data.runs) {
      if (run.ended_at === null) counts.set(run.function, (counts.get(run.function) ?? 0) + 1);
    }
    return { counts, isExact: data.next === null };
  }, [data]);
}
