import { stepIdToUuid, uuidToStepId } from "../domain/ids.ts";
import type { RerunKind } from "../domain/rerun-kind.ts";
import { type Birth, birthJson } from "./births.ts";
import type { BulkItemRef } from "./bulks.ts";
import type { Database } from "./database.ts";
import type { EventSeen } from "./event-rows.ts";
import { type CauseRow, causeColumns, causeOf } from "./events.ts";

/** What a rerun needs of the run that it is made from. */
export interface Origin {
  readonly functionId: string;
  readonly functionVersion: number;
  /** Null while it lives. */
  readonly status: string | null;
  readonly event: EventSeen;
  /** The deployment that ran its last step, where the app says so, and whether it still answers somewhere. */
  readonly deployment: { readonly name: string; readonly isThere: boolean } | null;
  /** The step whose failure it failed with; 32 hex digits. */
  readonly failedStep: string | null;
}

/** Null for an id that is not in this workspace. */
export async function loadOrigin(
  database: Database,
  workspaceId: number,
  runId: string,
): Promise<Origin | null> {
  const [row] = await database.sql<
    (CauseRow & {
      function_id: string;
      function_version: number;
      status: string | null;
      deployment: string | null;
      is_there: boolean;
      failed_step: string | null;
    })[]
  >`
    select r.function_id, r.function_version, r.status, ${causeColumns(database)}, durable.retried_step(r) as failed_step,
      d.deployment, exists (select 1 from durable.deployments k where k.workspace_id = r.workspace_id and k.name = d.deployment
        and k.replaced_by is null and k.retired_at is null) as is_there
    from durable.runs r
    join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
    left join lateral (select durable.deployment_of(r.workspace_id, r.id, null) as deployment) as d on true
    where r.workspace_id = ${workspaceId} and r.id = ${runId}::uuid`;
  if (row === undefined) return null;
  return {
    functionId: row.function_id,
    functionVersion: row.function_version,
    status: row.status,
    event: causeOf(row),
    deployment: row.deployment === null ? null : { name: row.deployment, isThere: row.is_there },
    failedStep: row.failed_step === null ? null : uuidToStepId(row.failed_step),
  };
}

/** An entry of the origin's journal. */
export interface EntryNamed {
  /** 32 hex digits. */
  readonly id: string;
  readonly op: string;
  readonly name: string;
  readonly n: number;
}

export interface RerunAsked {
  readonly workspaceId: number;
  readonly originId: string;
  readonly actor: string;
  readonly reason: string | null;
  /** The new run's id. */
  readonly runId: string;
  readonly kind: RerunKind;
  /** From which it begins; null keeps all that was recorded, or, of kind `rerun`, nothing. */
  readonly stepId: string | null;
  readonly birth: Birth;
  /** The deployment that it is called at; null for the newest. */
  readonly placement: string | null;
  /** Another input, as JSON text, and the id of the event that it becomes. */
  readonly input: { readonly eventId: string; readonly data: string } | null;
  /** What the step is given, as JSON text. */
  readonly result: string | null;
  /** Nothing is written. */
  readonly isPreview: boolean;
  /** The item of a bulk that it is done for. */
  readonly item: BulkItemRef | null;
}

export interface RerunStored {
  readonly state: "done" | "unknown" | "live" | "no-step" | "no-result" | "undo-held" | "batch" | "taken";
  readonly kept: number;
  /** The first step that was undone and would have been kept: it begins there. */
  readonly undone: string | null;
  /** The live run that may undo a step of it. */
  readonly holder: string | null;
  /** Recorded and not kept, and open when the origin ended; of each the first hundred. */
  readonly again: readonly EntryNamed[];
  readonly anew: readonly EntryNamed[];
}

export async function storeRerun({ sql }: Database, asked: RerunAsked): Promise<RerunStored> {
  const { workspaceId, originId, actor, reason, runId, kind, stepId, birth, placement, input, result, item } =
    asked;
  const [row] = await sql<
    {
      o_state: RerunStored["state"];
      o_kept: number | null;
      o_undone: string | null;
      o_holder: string | null;
      plan: string | null;
    }[]
  >`
    select r.o_state, r.o_kept, r.o_undone, r.o_holder, r.o_plan::text as plan
    from durable.rerun_run(${workspaceId}::int, ${originId}::uuid, ${actor}::text, ${reason}::text, ${runId}::uuid, ${kind}::text,
      ${stepId === null ? null : stepIdToUuid(stepId)}::uuid, ${birthJson(birth)}::text::json, ${placement}::text,
      ${input?.eventId ?? null}::uuid, ${input?.data ?? null}::text, ${result}::text, ${asked.isPreview}::boolean,
      ${item?.bulkId ?? null}::uuid, ${item?.no ?? null}::int) as r`;
  const { o_state: state, o_kept: kept, o_undone: undone, o_holder: holder, plan } = row!;
  const { again, anew } = (plan === null ? { again: [], anew: [] } : JSON.parse(plan)) as RerunStored;
  return {
    state,
    kept: kept ?? 0,
    undone: undone === null ? null : uuidToStepId(undone),
    holder,
    again,
    anew,
  };
}
