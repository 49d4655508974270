import { createHash } from "node:crypto";
import type { EngineKeys } from "../auth/engine-keys.ts";
import type { Database } from "./database.ts";

export interface SigningSecretListed {
  readonly id: number;
  readonly fingerprint: string;
  readonly created_at: string;
  readonly retired_at: string | null;
}

/** Sealed for its workspace: the row of another one does not open there. */
const placeOf = (workspaceId: number) => `signing secret of workspace ${workspaceId}`;

export function openSecret(keys: EngineKeys, workspaceId: number, sealed: string): string {
  return keys.open(sealed, placeOf(workspaceId));
}

export async function insertSigningSecret(
  { sql }: Database,
  keys: EngineKeys,
  workspaceId: number,
  actor: string,
  secret: string,
): Promise<SigningSecretListed> {
  const fingerprint = createHash("sha256").update(secret).digest("hex").slice(0, 16);
  const [row] = await sql<SigningSecretListed[]>`
    select id, ${fingerprint}::text as fingerprint, durable.rfc3339(created_at) as created_at, null as retired_at
    from durable.add_signing_secret(${workspaceId}::int, ${actor}::text, ${keys.seal(secret, placeOf(workspaceId))}::text,
      ${fingerprint}::text)`;
  return row!;
}

/** Newest first: the first that is not retired signs. */
export async function listSigningSecrets(
  { sql }: Database,
  workspaceId: number,
  limit: number,
): Promise<SigningSecretListed[]> {
  return await sql<SigningSecretListed[]>`
    select id, fingerprint, durable.rfc3339(created_at) as created_at, durable.rfc3339(retired_at) as retired_at
    from durable.signing_secrets where workspace_id = ${workspaceId} order by id desc limit ${limit}`;
}

export interface Retirement {
  readonly state: "retired" | "retiring" | "last";
  readonly retired_at: string | null;
}

/**
 * `last`: nothing would be left to sign with, so nothing was changed. Null for an id that is not of this workspace.
 * @param afterS Until then it is in force as before.
 */
export async function retireSigningSecret(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  id: number,
  afterS: number,
): Promise<Retirement | null> {
  const [row] = await sql<Retirement[]>`
    select state, durable.rfc3339(retired_at) as retired_at
    from durable.retire_signing_secret(${workspaceId}::int, ${actor}::text, ${id}::int, ${afterS}::float8)`;
  return row ?? null;
}

export interface SealedSecret {
  readonly workspaceId: number;
  readonly id: number;
  readonly sealed: string;
}

/** Those that are in force, of all workspaces: once, when an engine starts. */
export async function listSealedSecrets({ sql }: Database): Promise<SealedSecret[]> {
  return await sql<SealedSecret[]>`
    select workspace_id as "workspaceId", id, secret as sealed from durable.signing_secrets
    where retired_at is null or retired_at > clock_timestamp()`;
}

/** The same secret under the first key. Nothing when another engine was faster. */
export async function resealSecret(
  { sql }: Database,
  keys: EngineKeys,
  { workspaceId, id, sealed }: SealedSecret,
): Promise<void> {
  const anew = keys.seal(openSecret(keys, workspaceId, sealed), placeOf(workspaceId));
  await sql`
    update durable.signing_secrets set secret = ${anew}
    where workspace_id = ${workspaceId} and id = ${id} and secret = ${sealed}`;
}
