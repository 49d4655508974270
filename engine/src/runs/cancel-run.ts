import type { EngineEvents } from "../observability/engine-events.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import type { Database } from "../store/database.ts";
import { loadRunStates } from "../store/run-states.ts";

/**
 * Cancels for good: lease, job, timers and waits go in the same commit, and a late answer finds no fence. Cancelling
 * twice is cancelling once. Answers the status the run has ended with, or null for an id not in this workspace.
 */
export async function cancelRun(
  { database, events }: { readonly database: Database; readonly events: Pick<EngineEvents, "emit"> },
  workspaceId: number,
  runId: string,
  actor: string,
  reason: string | null,
): Promise<"completed" | "failed" | "cancelled" | null> {
  const [row] = await database.sql<{ status: "completed" | "failed" | "cancelled" | null }[]>`
    select durable.cancel_run(${workspaceId}::int, ${runId}::uuid, ${actor}::text, ${reason}::text) as status`;
  await faultPoint("cancel.after");
  const status = row!.status;
  if (status === "cancelled") {
    const [last] = await loadRunStates(database, [{ workspaceId, runId }]);
    const state = last?.state ?? null;
    events.emit("run.ended", { workspaceId, runId, end: { status, output: null, failure: null, state } });
  }
  return status;
}
