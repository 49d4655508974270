import type { Database } from "../store/database.ts";
import type { RunStatus } from "../store/runs-listing.ts";
import type { ByPerson } from "./pause-run.ts";

/**
 * From its next dispatch on the run is called at this deployment, or, with null, at the newest. A call under way is
 * recorded as it is, and so is every result. Null for an id not in this workspace.
 */
export async function moveRun(
  { sql }: Database,
  { workspaceId, runId, actor, reason }: ByPerson,
  to: string | null,
): Promise<RunStatus | "unknown-deployment" | null> {
  const [row] = await sql<{ status: RunStatus | "unknown-deployment" | null }[]>`
    select durable.move_run(${workspaceId}::int, ${runId}::uuid, ${actor}::text, ${to}::text, ${reason}::text) as status`;
  return row!.status;
}
