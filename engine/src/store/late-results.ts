import { type LateRequest, RawJson } from "@durable/protocol/wire";
import { isFence } from "../domain/checkpoint-fence.ts";
import { stepIdToUuid } from "../domain/ids.ts";
import type { Database } from "./database.ts";

/** Keeps what came of an attempt that was over by then. False for a run that is not in this workspace. */
export async function noteLate(
  { sql }: Database,
  workspaceId: number,
  runId: string,
  request: LateRequest,
): Promise<boolean> {
  const { id, name, attempt } = request;
  const fence = isFence(request.fence) ? request.fence : "00000000-0000-0000-0000-000000000000";
  const value = request.st === "ok" && request.v instanceof RawJson ? request.v.text : null;
  const failure = request.st === "err" ? JSON.stringify(request.error) : null;
  const [row] = await sql<{ is_known: boolean }[]>`
    select durable.note_late(${workspaceId}::int, ${runId}::uuid, ${fence}::uuid, ${stepIdToUuid(id)}::uuid,
      ${name}::text, ${attempt}::int, ${value}::text, ${failure}::text) as is_known`;
  return row!.is_known;
}
