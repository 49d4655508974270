import { stepIdToUuid } from "../domain/ids.ts";
import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";
import type { TaskKey } from "./task-requests.ts";

/** `interrupted`: its code may have begun before. `gone`: the lease is not ours any more. */
export type OnceStart = "started" | "interrupted" | "gone";

/** Puts on disk that the code of a step that runs at most once is about to be called. Safe to repeat. */
export async function startOnce({ sql }: Database, task: TaskKey): Promise<OnceStart> {
  const [row] = await wrapStatement(
    "start_once",
    () => sql<{ state: OnceStart }[]>`
    select durable.start_once(${task.workspaceId}::int, ${task.head.runId}::uuid,
      ${stepIdToUuid(task.stepId)}::uuid, ${task.fence}::uuid) as state`,
  );
  return row!.state;
}
