import type { EngineKeys } from "../auth/engine-keys.ts";
import type { DeliveryState, WebhookState } from "../domain/webhook.ts";
import type { Database } from "./database.ts";

/** Sealed for its webhook: the row of another one does not open there. */
const placeOf = (workspaceId: number, webhookId: string) =>
  `secret of webhook ${webhookId} of workspace ${workspaceId}`;

export interface NewWebhook {
  readonly id: string;
  readonly url: string;
  readonly origin: string;
  readonly events: readonly string[];
  readonly secret: string;
  readonly actor: string;
  readonly reason: string | null;
}

export async function addWebhook(
  { sql }: Database,
  keys: EngineKeys,
  workspaceId: number,
  { id, url, origin, events, secret, actor, reason }: NewWebhook,
): Promise<void> {
  const sealed = keys.seal(secret, placeOf(workspaceId, id));
  await sql`select durable.add_webhook(${workspaceId}::int, ${id}::uuid, ${url}::text, ${origin}::text, ${events as string[]}::text[],
    ${sealed}::text, ${actor}::text, ${reason}::text)`;
}

/** What is null stays as it is. */
export interface WebhookChange {
  readonly url: string | null;
  readonly origin: string | null;
  readonly events: readonly string[] | null;
  readonly enabled: boolean | null;
  readonly actor: string;
  readonly reason: string | null;
}

/** False for an unknown one. */
export async function changeWebhook(
  { sql }: Database,
  workspaceId: number,
  id: string,
  { url, origin, events, enabled, actor, reason }: WebhookChange,
): Promise<boolean> {
  const [row] = await sql<{ done: boolean }[]>`
    select durable.change_webhook(${workspaceId}::int, ${id}::uuid, ${url}::text, ${origin}::text, ${events as string[] | null}::text[],
      ${enabled}::boolean, ${actor}::text, ${reason}::text) as done`;
  return row!.done;
}

/** With its deliveries. False for an unknown one. */
export async function deleteWebhook(
  { sql }: Database,
  workspaceId: number,
  id: string,
  actor: string,
): Promise<boolean> {
  const [row] = await sql<{ done: boolean }[]>`
    select durable.delete_webhook(${workspaceId}::int, ${id}::uuid, ${actor}::text) as done`;
  return row!.done;
}

/** @param overlapS For so long the secrets before sign, too. False for an unknown webhook. */
export async function rotateWebhookSecret(
  { sql }: Database,
  keys: EngineKeys,
  workspaceId: number,
  id: string,
  { secret, overlapS, actor }: { readonly secret: string; readonly overlapS: number; readonly actor: string },
): Promise<boolean> {
  const sealed = keys.seal(secret, placeOf(workspaceId, id));
  const [row] = await sql<{ done: boolean }[]>`
    select durable.rotate_webhook_secret(${workspaceId}::int, ${id}::uuid, ${sealed}::text, ${overlapS}::float8, ${actor}::text) as done`;
  return row!.done;
}

/** Those that are in force, the newest first. */
export async function webhookSecrets(
  { sql }: Database,
  keys: EngineKeys,
  workspaceId: number,
  id: string,
): Promise<string[]> {
  const rows = await sql<{ secret: string }[]>`
    select s.secret from durable.webhook_secrets s
    where s.workspace_id = ${workspaceId} and s.webhook_id = ${id}::uuid and (s.retired_at is null or s.retired_at > durable.durable_now())
    order by s.id desc`;
  return rows.map(({ secret }) => keys.open(secret, placeOf(workspaceId, id)));
}

export interface WebhookStored {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly state: WebhookState;
  readonly why: string | null;
  readonly failing_since: string | null;
  readonly waiting: number;
  readonly created_at: string;
}

/** The newest first; or one of them. */
export async function listWebhooks(
  { sql }: Database,
  workspaceId: number,
  { id, limit }: { readonly id: string | null; readonly limit: number },
): Promise<WebhookStored[]> {
  return sql<WebhookStored[]>`
    select w.id, w.url, w.events, w.state, w.why, durable.rfc3339(w.failing_since) as failing_since, durable.rfc3339(w.created_at) as created_at,
      (select count(*)::int from durable.webhook_deliveries d
        where d.workspace_id = w.workspace_id and d.webhook_id = w.id and d.state = 'waiting') as waiting
    from durable.webhooks w where w.workspace_id = ${workspaceId} ${id === null ? sql`` : sql`and w.id = ${id}::uuid`}
    order by w.id desc limit ${limit}`;
}

export interface DeliveryStored {
  readonly id: string;
  readonly event: string;
  readonly name: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly due_at: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
}

/** The newest first. */
export async function listDeliveries(
  { sql }: Database,
  workspaceId: number,
  webhookId: string,
  { state, limit }: { readonly state: DeliveryState | null; readonly limit: number },
): Promise<DeliveryStored[]> {
  return sql<DeliveryStored[]>`
    select 'msg_' || d.id as id, d.event_id as event, d.event_name as name, d.state, d.attempts, d.last_status, d.last_error,
      case when d.state = 'waiting' then durable.rfc3339(d.due_at) end as due_at,
      durable.rfc3339(d.created_at) as created_at, durable.rfc3339(d.ended_at) as ended_at
    from durable.webhook_deliveries d where d.workspace_id = ${workspaceId} and d.webhook_id = ${webhookId}::uuid
      ${state === null ? sql`` : sql`and d.state = ${state}`}
    order by d.id desc limit ${limit}`;
}

export interface SealedWebhookSecret {
  readonly workspaceId: number;
  readonly webhookId: string;
  readonly id: number;
  readonly sealed: string;
}

/** Of all workspaces: once, when an engine starts. */
export async function listSealedWebhookSecrets({ sql }: Database): Promise<SealedWebhookSecret[]> {
  return await sql<SealedWebhookSecret[]>`
    select workspace_id as "workspaceId", webhook_id as "webhookId", id, secret as sealed from durable.webhook_secrets`;
}

/** The same secret under the first key. Nothing when another engine was faster. */
export async function resealWebhookSecret(
  { sql }: Database,
  keys: EngineKeys,
  { workspaceId, webhookId, id, sealed }: SealedWebhookSecret,
): Promise<void> {
  const place = placeOf(workspaceId, webhookId);
  const anew = keys.seal(keys.open(sealed, place), place);
  await sql`
    update durable.webhook_secrets set secret = ${anew}
    where workspace_id = ${workspaceId} and webhook_id = ${webhookId} and id = ${id} and secret = ${sealed}`;
}
