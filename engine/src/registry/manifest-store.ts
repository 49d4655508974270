import { type FunctionManifest, type Manifest, writeJson } from "@durable/protocol/wire";
import type { Database } from "../store/database.ts";
import { declaredLimits } from "./declared-limits.ts";
import { declaredSchedules } from "./declared-schedules.ts";

export type Change = "added" | "changed" | "removed" | "unchanged";

export interface FunctionChange {
  readonly id: string;
  readonly version: number;
  readonly change: Change;
}

/** Endpoint, functions, versions, audit, history and the raised registry version: one statement, one commit. */
export async function storeManifest(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  url: string,
  manifest: Manifest,
): Promise<FunctionChange[]> {
  const { functions } = manifest;
  // One that several functions share stands here once.
  const limits = [...new Map(functions.flatMap(declaredLimits).map((limit) => [limit.id, limit])).values()];
  const schedules = functions.flatMap(declaredSchedules);
  const rows = await sql<(FunctionChange | { readonly id: null })[]>`
    with synced as materialized (select function_id, version, change from durable.sync_app(${workspaceId}::int, ${actor}::text,
      ${url}::text, ${manifest.sdk}::text, ${manifest.capabilities}::text[], ${manifest.max_duration_ms}::int,
      ${manifest.deployment ?? null}::text, ${manifest.manifest}::text,
      ${functions.map((fn) => fn.id)}::text[], ${functions.map((fn: FunctionManifest) => writeJson(fn))}::text[],
      ${limits.map((limit) => limit.id)}::uuid[], ${limits.map((limit) => limit.name)}::text[],
      ${limits.map((limit) => limit.functionId)}::text[], ${limits.map((limit) => limit.kind)}::text[],
      ${limits.map((limit) => limit.count)}::int[], ${limits.map((limit) => limit.periodMs)}::float8[],
      ${limits.map((limit) => limit.burst)}::int[],
      ${schedules.map((schedule) => schedule.id)}::text[], ${schedules.map((schedule) => schedule.functionId)}::text[],
      ${schedules.map((schedule) => schedule.cron)}::text[], ${schedules.map((schedule) => schedule.tz)}::text[],
      ${schedules.map((schedule) => schedule.jitterMs)}::float8[], ${schedules.map((schedule) => schedule.catchUp)}::text[],
      ${schedules.map((schedule) => schedule.overlap)}::text[], ${schedules.map((schedule) => schedule.data)}::text[],
      ${schedules.map((schedule) => schedule.condition)}::text[])
    ), noted as materialized (
      select durable.note_sync(${workspaceId}::int, ${actor}::text, ${url}::text, ${manifest.sdk}::text, ${manifest.deployment ?? null}::text,
        ${manifest.manifest}::text, array_agg(q.function_id), array_agg(q.version), array_agg(q.change)) from synced q
    )
    select q.function_id as id, q.version, q.change from noted left join synced q on true`;
  // Of an app without functions one row is left, with nothing in it.
  return rows.filter((row) => row.id !== null);
}

/** Who syncs at every change of a file makes many; older ones are not told. */
export const FUNCTION_VERSIONS_MAX = 100;

export interface FunctionStored {
  readonly id: string;
  readonly version: number;
  /** JSON text. */
  readonly manifest: string;
  readonly synced_at: string;
  readonly removed_at: string | null;
}

export interface FunctionVersion {
  readonly version: number;
  /** JSON text. */
  readonly manifest: string;
  readonly since: string;
}

/** Every version that was ever synced, the newest first. */
export async function listFunctionVersions(
  { sql }: Database,
  workspaceId: number,
  functionId: string,
): Promise<FunctionVersion[]> {
  return await sql<FunctionVersion[]>`
    select version, manifest, durable.rfc3339(created_at) as since from durable.function_versions
    where workspace_id = ${workspaceId} and function_id = ${functionId} order by version desc limit ${FUNCTION_VERSIONS_MAX}`;
}

/** Removed ones last: they are kept for the runs that still need them. */
export async function listFunctions(
  { sql }: Database,
  workspaceId: number,
  only: string | null = null,
): Promise<FunctionStored[]> {
  return await sql<FunctionStored[]>`
    select id, version, manifest, durable.rfc3339(synced_at) as synced_at, durable.rfc3339(removed_at) as removed_at
    from durable.functions
    where workspace_id = ${workspaceId} ${only === null ? sql`` : sql`and id = ${only}`} order by removed_at is not null, id`;
}
