import type { Database } from "./database.ts";

export interface SigningSecretListed {
  readonly id: number;
  readonly fingerprint: string;
  readonly created_at: string;
  readonly retired_at: string | null;
}

export async function insertSigningSecret(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  secret: string,
): Promise<SigningSecretListed> {
  const [row] = await sql<SigningSecretListed[]>`
    select id, left(encode(sha256(convert_to(${secret}::text, 'UTF8')), 'hex'), 16) as fingerprint,
      durable.rfc3339(created_at) as created_at, null as retired_at
    from durable.add_signing_secret(${workspaceId}::int, ${actor}::text, ${secret}::text)`;
  return row!;
}

/** Newest first: the first that is not retired signs. */
export async function listSigningSecrets(
  { sql }: Database,
  workspaceId: number,
): Promise<SigningSecretListed[]> {
  return await sql<SigningSecretListed[]>`
    select id, left(encode(sha256(convert_to(secret, 'UTF8')), 'hex'), 16) as fingerprint,
      durable.rfc3339(created_at) as created_at, durable.rfc3339(retired_at) as retired_at
    from durable.signing_secrets where workspace_id = ${workspaceId} order by id desc`;
}

/** `last`: nothing would be left to sign with, so nothing was changed. Null for an id that is not of this workspace. */
export async function retireSigningSecret(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  id: number,
): Promise<"retired" | "already" | "last" | null> {
  const [row] = await sql<{ state: "retired" | "already" | "last" | null }[]>`
    select durable.retire_signing_secret(${workspaceId}::int, ${actor}::text, ${id}::int) as state`;
  return row!.state;
}
