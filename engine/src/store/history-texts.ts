import { stepIdToUuid } from "../domain/ids.ts";
import { plainArray } from "./array-literal.ts";
import type { Database } from "./database.ts";
import type { LogLineStored } from "./logs.ts";
import type { RunRef } from "./recorded-runs.ts";

/** What a page of a run's history quotes; JSON text. */
export interface HistoryTexts {
  readonly steps: readonly {
    readonly id: string;
    readonly value: string | null;
    readonly failure: string | null;
  }[];
  /** `step` null: of the run itself. */
  readonly attempts: readonly {
    readonly step: string | null;
    readonly attempt: number;
    readonly outcome: string;
    readonly value: string | null;
    readonly failure: string | null;
  }[];
  readonly output: string | null;
  readonly failure: string | null;
  /** In the order in which they became durable. */
  readonly logs: readonly (Omit<LogLineStored, "step"> & { readonly step: string })[];
}

/** More on one page are cut: their own route has them all. */
const LINES_MAX = 5_000;

/** @param stepIds Of the page, 32 hex digits. */
export async function loadHistoryTexts(
  { sql }: Database,
  { workspaceId, runId }: RunRef,
  stepIds: readonly string[],
  hasLogs: boolean,
): Promise<HistoryTexts> {
  const ids = sql`${plainArray(stepIds, stepIdToUuid)}::uuid[]`;
  const [row] = await sql<{ texts: string }[]>`
    select json_build_object('output', r.output, 'failure', r.failure,
      'steps', (select coalesce(json_agg(json_build_object('id', replace(s.step_id::text, '-', ''), 'value', s.value, 'failure', s.failure)), '[]')
        from durable.steps s where s.workspace_id = r.workspace_id and s.run_id = r.id and s.step_id = any (${ids})),
      'attempts', (select coalesce(json_agg(json_build_object('step', nullif(replace(a.step_id::text, '-', ''), repeat('0', 32)),
          'attempt', a.attempt, 'outcome', a.outcome, 'value', a.value, 'failure', a.failure) order by a.committed_at), '[]')
        from durable.attempts a where a.workspace_id = r.workspace_id and a.run_id = r.id and a.outcome not in ('ok', 'turn')
          and (a.step_id = any (${ids}) or a.step_id = '00000000-0000-0000-0000-000000000000')),
      'logs', (select coalesce(json_agg(json_build_object('id', g.id::text, 'step', replace(g.step_id::text, '-', ''), 'attempt', g.attempt,
          'level', g.level, 'message', g.message, 'data', g.data, 'at', durable.rfc3339(g.at)) order by g.id), '[]')
        from (select * from durable.logs k where ${hasLogs} and k.workspace_id = r.workspace_id and k.run_id = r.id and k.step_id = any (${ids})
          order by k.id limit ${LINES_MAX}) as g)
    )::text as texts
    from durable.runs r where r.workspace_id = ${workspaceId} and r.id = ${runId}::uuid`;
  return JSON.parse(row!.texts) as HistoryTexts;
}
