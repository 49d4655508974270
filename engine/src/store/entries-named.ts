import { uuidToStepId } from "../domain/ids.ts";
import type { Database } from "./database.ts";

/** As many of one name as a person looks through. */
const SHOWN_MAX = 1_000;

/** The entries of a run that a person means by a name, in the order of its journal, what is open last; or by an id. */
export async function entriesNamed(
  { sql }: Database,
  workspaceId: number,
  runId: string,
  step: string,
): Promise<readonly { readonly id: string; readonly op: string }[]> {
  const uuid = /^[0-9a-f]{32}$/.test(step) ? step : null;
  const rows = await sql<{ step_id: string; op: string }[]>`
    select s.step_id, s.op from durable.steps s
    where s.workspace_id = ${workspaceId} and s.run_id = ${runId}::uuid and s.op <> 'compensate'
      and (s.name = ${step} or s.step_id = ${uuid}::uuid)
    order by s.step_id = ${uuid}::uuid desc nulls last, s.seq nulls last, s.n, s.step_id limit ${SHOWN_MAX}`;
  const found = rows.map(({ step_id, op }) => ({ id: uuidToStepId(step_id), op }));
  return uuid !== null && found[0]?.id === step ? found.slice(0, 1) : found;
}
