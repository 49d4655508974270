import type { RunEnd } from "../domain/run-end.ts";
import type { EngineEvents } from "../observability/engine-events.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import type { Database } from "../store/database.ts";
import { loadRunStates } from "../store/run-states.ts";

export interface Cancel {
  readonly workspaceId: number;
  readonly runId: string;
  readonly actor: string;
  readonly reason: string | null;
  /** False: completed steps are left as they are, also those that could be undone. */
  readonly undo: boolean;
}

/** Where the run is after it, or where it was already; `paused` while it undoes its steps. */
export type Cancelled = RunEnd["status"] | "failing" | "cancelling" | "paused";

/**
 * Cancels for good: lease, job, timers and waits go in the same commit, and a late answer finds no fence. What can be
 * undone is undone first (`cancelling`). Cancelling twice is cancelling once. Null for an id not in this workspace.
 */
export async function cancelRun(
  { database, events }: { readonly database: Database; readonly events: Pick<EngineEvents, "emit"> },
  { workspaceId, runId, actor, reason, undo }: Cancel,
): Promise<Cancelled | null> {
  const [row] = await database.sql<{ status: Cancelled | null }[]>`
    select durable.cancel_run(${workspaceId}::int, ${runId}::uuid, ${actor}::text, ${reason}::text, ${undo}::boolean) as status`;
  await faultPoint("cancel.after");
  const status = row!.status;
  if (status === "cancelled") {
    const [last] = await loadRunStates(database, [{ workspaceId, runId }]);
    const state = last?.state ?? null;
    events.emit("run.ended", { workspaceId, runId, end: { status, output: null, failure: null, state } });
  }
  return status;
}
