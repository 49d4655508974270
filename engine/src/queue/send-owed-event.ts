import type { Logger } from "pino";
import type { AcceptResult } from "../ingest/accept-events.ts";
import type { IncomingEvent } from "../ingest/incoming-event.ts";

/** The door that every event comes through. */
export type AcceptEvent = (workspaceId: number, event: IncomingEvent) => Promise<AcceptResult>;

export interface OwedEvent {
  readonly name: string;
  /** Id of what it tells of: with the name, the event's own, so one that is sent twice is accepted once. */
  readonly of: string;
  /** JSON text. */
  readonly data: string;
  readonly timeMs: number;
  /** Of the run that it tells of. */
  readonly traceparent?: string;
}

/** As senders see it. */
export function eventIdOf({ name, of }: Pick<OwedEvent, "name" | "of">): string {
  return `${name}/${of}`;
}

/**
 * Sends an event that a commit has left as an obligation, since a commit cannot say which functions an event starts.
 * One whose id somebody else has taken is logged and counts as sent: it never can be.
 */
export async function sendOwedEvent(
  { accept, log }: { readonly accept: AcceptEvent; readonly log: Logger },
  workspaceId: number,
  { name, of, data, timeMs, traceparent }: OwedEvent,
): Promise<void> {
  const clientId = eventIdOf({ name, of });
  const { state } = await accept(workspaceId, { clientId, name, data, timeMs, traceparent });
  if (state === "conflict") log.warn({ eventId: clientId }, "an event was not sent: its id is taken");
}
