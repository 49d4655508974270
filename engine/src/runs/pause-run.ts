import type { RunEnd } from "../domain/run-end.ts";
import type { Database } from "../store/database.ts";
import type { RunStatus } from "../store/runs-listing.ts";

export interface ByPerson {
  readonly workspaceId: number;
  readonly runId: string;
  readonly actor: string;
  readonly reason: string | null;
}

/**
 * Stops a run until it is resumed: at once, or, while its app is being called, when that call has been recorded
 * (`pausing`), so that nothing is done twice. Pausing twice is pausing once. Answers the status of a run that has
 * ended, and null for an id not in this workspace.
 */
export async function pauseRun(
  { sql }: Database,
  { workspaceId, runId, actor, reason }: ByPerson,
): Promise<"paused" | "pausing" | RunEnd["status"] | null> {
  const why = pauseFailure(actor, reason);
  const [row] = await sql<{ status: "paused" | "pausing" | RunEnd["status"] | null }[]>`
    select durable.pause_run(${workspaceId}::int, ${runId}::uuid, ${actor}::text, ${reason}::text, ${why}::text) as status`;
  return row!.status;
}

/** Why it is paused, as `pause_run` takes it. */
export function pauseFailure(actor: string, reason: string | null): string {
  const because = reason === null ? "" : ` (${reason})`;
  const message = `paused by ${actor}${because}. Resume it when it shall go on.`;
  return JSON.stringify({ name: "Paused", message });
}

export interface Resumed {
  /** Where the run is after it, or where it was already; null for an id not in this workspace. */
  readonly status: RunStatus | null;
  readonly isResumed: boolean;
}

/** Lets a paused run go on at once: recorded results stay, and steps without one get fresh attempts. */
export async function resumeRun(
  { sql }: Database,
  { workspaceId, runId, actor, reason }: ByPerson,
): Promise<Resumed> {
  const [row] = await sql<{ o_status: RunStatus | null; o_resumed: boolean }[]>`
    select * from durable.resume_run(${workspaceId}::int, ${runId}::uuid, ${actor}::text, ${reason}::text)`;
  return { status: row!.o_status, isResumed: row!.o_resumed };
}
