import { type HeartbeatRequest, RawJson } from "@durable/protocol/wire";
import { isFence } from "../domain/checkpoint-fence.ts";
import { stepIdToUuid } from "../domain/ids.ts";
import type { Database } from "./database.ts";

export type HeartbeatEnd = "taken" | "stale-fence" | "run-ended" | "unknown-run";

/**
 * How long ago a step of this dispatch was last heard of, in milliseconds by the database's clock; null when none was.
 */
export async function findSilence(
  { sql }: Database,
  dispatch: { readonly workspaceId: number; readonly runId: string; readonly fence: string },
): Promise<number | null> {
  const [row] = await sql<{ silent_ms: number | null }[]>`
    select (extract(epoch from clock_timestamp() - max(at)) * 1000)::float8 as silent_ms from durable.heartbeats
    where workspace_id = ${dispatch.workspaceId}::int and run_id = ${dispatch.runId}::uuid and fence = ${dispatch.fence}::uuid`;
  return row!.silent_ms;
}

/** Any engine process takes them: whether the dispatch still counts is in the database. */
export async function takeHeartbeats(
  { sql }: Database,
  workspaceId: number,
  runId: string,
  { fence, beats }: HeartbeatRequest,
): Promise<HeartbeatEnd> {
  // The nil fence is no dispatch's: a run that has ended is still told apart.
  const named = isFence(fence) ? fence : "00000000-0000-0000-0000-000000000000";
  const [row] = await sql<{ state: HeartbeatEnd }[]>`
    select durable.take_heartbeats(${workspaceId}::int, ${runId}::uuid, ${named}::uuid,
      ${beats.map(({ id }) => stepIdToUuid(id))}::uuid[], ${beats.map(({ name }) => name)}::text[],
      ${beats.map(({ data }) => (data instanceof RawJson ? data.text : null))}::text[]) as state`;
  return row!.state;
}
