import { stepIdToUuid } from "../domain/ids.ts";
import type { Database } from "./database.ts";

/** The result of a step that has one, as JSON text. Null when the step is unknown, open or failed, or came to undefined. */
export async function loadValue(
  database: Database,
  run: { readonly workspaceId: number; readonly runId: string },
  stepId: string,
): Promise<string | null> {
  const [row] = await database.sql<{ value: string | null }[]>`
    select s.value from durable.steps s
    where s.workspace_id = ${run.workspaceId}::int and s.run_id = ${run.runId}::uuid
      and s.step_id = ${stepIdToUuid(stepId)}::uuid and s.seq is not null and s.status = 'ok'`;
  return row?.value ?? null;
}
