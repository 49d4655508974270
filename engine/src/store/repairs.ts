import { stepIdToUuid } from "../domain/ids.ts";
import type { RepairAction } from "../domain/repair.ts";
import type { RunStatus } from "../domain/run-status.ts";
import type { Database } from "./database.ts";

export interface RepairAsked {
  readonly workspaceId: number;
  readonly runId: string;
  readonly actor: string;
  readonly reason: string | null;
  /** 32 hex digits. */
  readonly stepId: string;
  readonly action: RepairAction;
  /** What the step comes to, or the data of the event that ends a wait; JSON text. Null ends the wait as its timeout. */
  readonly value: string | null;
  /** Which of several events of a wait for any of them. */
  readonly key: string | null;
  /** When a sleep ends; milliseconds. */
  readonly atMs: number | null;
  /** A paused run goes on with it. */
  readonly goesOn: boolean;
  readonly isPreview: boolean;
}

export interface RepairStored {
  readonly state:
    | "done"
    | "unknown"
    | "ended"
    | "not-paused"
    | "ending"
    | "no-step"
    | "not-open"
    | "asked"
    | "wrong-kind";
  readonly status: RunStatus | null;
  /** When the sleep was to end, and when it ends now. */
  readonly before: string | null;
  readonly at: string | null;
}

export async function storeRepair({ sql }: Database, asked: RepairAsked): Promise<RepairStored> {
  const { workspaceId, runId, actor, reason, stepId, action, value, key, atMs, goesOn, isPreview } = asked;
  const [row] = await sql<RepairStored[]>`
    select r.o_state as state, r.o_status as status, durable.rfc3339(r.o_before) as before, durable.rfc3339(r.o_at) as at
    from durable.repair_run(${workspaceId}::int, ${runId}::uuid, ${actor}::text, ${reason}::text, ${stepIdToUuid(stepId)}::uuid,
      ${action}::text, ${value}::text, ${key}::text, ${atMs}::float8, ${goesOn}::boolean, ${isPreview}::boolean) as r`;
  return row!;
}
