import type { Database } from "../store/database.ts";
import type { RunStatus } from "../store/runs-listing.ts";
import type { ByPerson } from "./pause-run.ts";

export interface Begun {
  /** Where the run is after it; null for an id not in this workspace. */
  readonly status: RunStatus | null;
  readonly isBegun: boolean;
}

/** Lets a run begin now that was born asleep. One that is paused stays so, and begins when it is resumed. */
export async function beginRun(
  { sql }: Database,
  { workspaceId, runId, actor, reason }: ByPerson,
): Promise<Begun> {
  const [row] = await sql<{ o_status: RunStatus | null; o_begun: boolean }[]>`
    select * from durable.begin_run(${workspaceId}::int, ${runId}::uuid, ${actor}::text, ${reason}::text)`;
  return { status: row!.o_status, isBegun: row!.o_begun };
}
