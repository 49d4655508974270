import { stepIdToUuid } from "../domain/ids.ts";
import type { Database } from "./database.ts";
import type { RunRef } from "./memo-pages.ts";

/** The result of a step that has one, as JSON text. Null when the step is unknown, open or failed, or came to undefined. */
export async function loadValue(database: Database, run: RunRef, stepId: string): Promise<string | null> {
  const [row] = await database.sql<{ value: string | null }[]>`
    select s.value from durable.steps s
    where s.workspace_id = ${run.workspaceId}::int and s.run_id = ${run.runId}::uuid
      and s.step_id = ${stepIdToUuid(stepId)}::uuid and s.seq is not null and s.status = 'ok'`;
  return row?.value ?? null;
}

/** The data of the event that the run is for, as JSON text. Null when the run is unknown. */
export async function loadEventData(database: Database, run: RunRef): Promise<string | null> {
  const [row] = await database.sql<{ data: string }[]>`
    select e.data from durable.runs r join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
    where r.workspace_id = ${run.workspaceId}::int and r.id = ${run.runId}::uuid`;
  return row?.data ?? null;
}
