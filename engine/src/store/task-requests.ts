import { stepIdToUuid } from "../domain/ids.ts";
import type { Database } from "./database.ts";

export interface TaskKey {
  readonly workspaceId: number;
  readonly head: { readonly runId: string };
  readonly stepId: string;
  readonly fence: string;
}

/** What a fetch asks for; null when its task is gone, or leased by somebody else meanwhile. */
export async function loadTaskRequest({ sql }: Database, task: TaskKey): Promise<string | null> {
  const [row] = await sql<{ request: string | null }[]>`
    select request from durable.tasks
    where workspace_id = ${task.workspaceId} and run_id = ${task.head.runId}::uuid
      and step_id = ${stepIdToUuid(task.stepId)}::uuid and fence = ${task.fence}::uuid`;
  return row?.request ?? null;
}
