import { HELD_MAX } from "../domain/pause.ts";
import type { Database } from "./database.ts";

/** What is paused: everything of a workspace, a function, the runs of one key of a limit, or of one tenant of a function. */
export type PauseTarget =
  | { readonly kind: "workspace" }
  | { readonly kind: "function"; readonly functionId: string }
  /** The key's value as JSON, as in `gates` and `tenants`. */
  | { readonly kind: "key"; readonly limitId: string; readonly key: string }
  | { readonly kind: "tenant"; readonly functionId: string; readonly key: string };

export interface PauseListed {
  readonly id: string;
  readonly kind: PauseTarget["kind"];
  readonly function: string | null;
  readonly limit: string | null;
  /** JSON text. */
  readonly key: string | null;
  readonly by: string;
  readonly reason: string | null;
  readonly since: string;
  /** Jobs, up to HELD_MAX. */
  readonly held: number;
}

/** The oldest first. */
export async function listPauses({ sql }: Database, workspaceId: number): Promise<PauseListed[]> {
  return await sql<PauseListed[]>`
    select p.id, p.kind, p.function_id as function, p.limit_id as limit, p.key, p.actor as by, p.reason,
      durable.rfc3339(p.since) as since,
      (select count(*)::int from (select 1 from durable.parked k
        where k.workspace_id = p.workspace_id and k.gate_id = p.id limit ${HELD_MAX}::int) as h) as held
    from durable.pauses p where p.workspace_id = ${workspaceId} and not p.ending order by p.since, p.id`;
}

/** Whether there is what shall be paused; a key and a tenant need not have come yet. */
export async function isThere({ sql }: Database, workspaceId: number, target: PauseTarget): Promise<boolean> {
  if (target.kind === "workspace") return true;
  const [row] =
    target.kind === "key"
      ? await sql`select 1 from durable.limits where workspace_id = ${workspaceId} and id = ${target.limitId}::uuid`
      : await sql`select 1 from durable.functions where workspace_id = ${workspaceId} and id = ${target.functionId}`;
  return row !== undefined;
}

/** Answers its id, and whether it was not paused before. */
export async function pauseTarget(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  target: PauseTarget,
  reason: string | null,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const functionId = "functionId" in target ? target.functionId : null;
  const limitId = "limitId" in target ? target.limitId : null;
  const key = "key" in target ? target.key : null;
  const [row] = await sql<{ id: string; is_new: boolean }[]>`
    select o_id as id, o_new as is_new from durable.pause(${workspaceId}::int, ${actor}::text, ${target.kind}::text,
      ${functionId}::text, ${limitId}::uuid, ${key}::text, ${reason}::text)`;
  return { id: row!.id, isNew: row!.is_new };
}

/** Runs that are leased although they are paused by now let go at their next commit. Answers how many those are. */
export async function interruptPaused({ sql }: Database, workspaceId: number, id: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select durable.interrupt_paused(${workspaceId}::int, ${id}::uuid) as count`;
  return row!.count;
}

/** False: there is no such pause. */
export async function resumeTarget(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  id: string,
  reason: string | null,
): Promise<boolean> {
  const [row] = await sql<{ done: boolean }[]>`
    select durable.unpause(${workspaceId}::int, ${actor}::text, ${id}::uuid, ${reason}::text) as done`;
  return row!.done;
}
