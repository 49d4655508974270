import type { DeliveryState } from "../domain/webhook.ts";
import { plainArray, textArray } from "./array-literal.ts";
import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

/** An event of the engine's own, for whoever wants it. */
export interface ToldEvent {
  readonly workspaceId: number;
  /** As senders see it. */
  readonly eventId: string;
  readonly name: string;
  /** JSON text. */
  readonly data: string;
  readonly timeMs: number;
  /** The run that it tells of; null for none. */
  readonly runId: string | null;
}

/** Written once, however often it is asked for. Answers how many deliveries were made of them. */
export async function oweDeliveries({ sql }: Database, events: readonly ToldEvent[]): Promise<number> {
  const [row] = await wrapStatement(
    "owe_deliveries",
    () => sql<{ made: number }[]>`
    select durable.owe_deliveries(${plainArray(events, ({ workspaceId }) => workspaceId)}::int[],
      ${textArray(events, ({ eventId }) => eventId)}::text[], ${textArray(events, ({ name }) => name)}::text[],
      ${textArray(events, bodyOf)}::text[], ${textArray(events, ({ runId }) => runId)}::uuid[]) as made`,
  );
  return row!.made;
}

/** As Standard Webhooks has it. */
export function bodyOf({ eventId, name, data, timeMs }: Omit<ToldEvent, "workspaceId" | "runId">): string {
  const head = JSON.stringify({ type: name, timestamp: new Date(timeMs).toISOString(), id: eventId });
  return `${head.slice(0, -1)},"data":${data}}`;
}

export interface DeliveryTaken {
  readonly workspaceId: number;
  readonly id: string;
  readonly webhookId: string;
  readonly url: string;
  readonly body: string;
  /** From 1. */
  readonly attempt: number;
}

/** @param busy Webhooks that shall get no more at the moment. */
export async function takeDeliveries(
  { sql }: Database,
  limit: number,
  busy: readonly string[],
): Promise<DeliveryTaken[]> {
  return await sql<DeliveryTaken[]>`
    select workspace_id as "workspaceId", id, webhook_id as "webhookId", url, body, attempt
    from durable.take_deliveries(${limit}::int, ${busy as string[]}::uuid[])`;
}

export interface AttemptEnd {
  /** Null: nothing answered. */
  readonly status: number | null;
  /** A sentence; null: it was taken. */
  readonly error: string | null;
  readonly retryInMs: number;
  /** It said that it will never take anything again. */
  readonly isGone: boolean;
}

/** Null: it came too late, or the webhook is gone. */
export async function endAttempt(
  { sql }: Database,
  { workspaceId, id, attempt }: DeliveryTaken,
  { status, error, retryInMs, isGone }: AttemptEnd,
): Promise<DeliveryState | null> {
  const [row] = await wrapStatement(
    "end_attempt",
    () => sql<{ state: DeliveryState | null }[]>`
    select durable.end_attempt(${workspaceId}::int, ${id}::uuid, ${attempt}::int, ${status}::int, ${error}::text, ${retryInMs}::float8,
      ${isGone}::boolean) as state`,
  );
  return row!.state;
}

export async function sweepDeliveries({ sql }: Database, limit: number): Promise<void> {
  await sql`select durable.sweep_deliveries(${limit}::int)`;
}
