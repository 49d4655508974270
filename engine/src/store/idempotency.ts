import type { Database } from "./database.ts";

/** One request of one actor. */
export interface RequestKey {
  readonly workspaceId: number;
  readonly actor: string;
  readonly key: string;
}

export interface Begun {
  readonly state: "begun" | "done" | "in-flight" | "other";
  /** Sealed. Of `done`. */
  readonly answer: string | null;
}

export async function beginRequest(
  { sql }: Database,
  { workspaceId, actor, key }: RequestKey,
  sha256: Uint8Array,
): Promise<Begun> {
  const [row] = await sql<Begun[]>`
    select state, answer from durable.begin_request(${workspaceId}::int, ${actor}::text, ${key}::text, ${sha256}::bytea)`;
  return row!;
}

export async function endRequest(
  { sql }: Database,
  { workspaceId, actor, key }: RequestKey,
  answer: string,
): Promise<void> {
  await sql`
    update durable.idempotency_keys set answer = ${answer}
    where workspace_id = ${workspaceId} and actor = ${actor} and key = ${key}`;
}

/** It was refused and changed nothing: the same key may be tried again, also for a request that was mended. */
export async function forgetRequest(
  { sql }: Database,
  { workspaceId, actor, key }: RequestKey,
): Promise<void> {
  await sql`
    delete from durable.idempotency_keys
    where workspace_id = ${workspaceId} and actor = ${actor} and key = ${key} and answer is null`;
}
