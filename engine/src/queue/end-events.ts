import type { Logger } from "pino";
import { faultPoint } from "../runtime/fault-points.ts";
import type { Database } from "../store/database.ts";
import { oweDeliveries } from "../store/deliveries.ts";
import { clearEndEvents, findEndEvents, type OwedEndEvent } from "../store/end-events.ts";
import { type AcceptEvent, eventIdOf, type OwedEvent, sendOwedEvent } from "./send-owed-event.ts";

export interface EndEventsParts {
  readonly database: Database;
  readonly log: Logger;
  readonly accept: AcceptEvent;
}

/** A larger output is left out of the event. */
const OUTPUT_BYTES_MAX = 16 * 1024;

/**
 * Makes the events of ended runs that somebody listens to; answers how many. A process that dies in between leaves the
 * obligation, and the id of the event makes twice once.
 */
export async function tellEndEvents(parts: EndEventsParts, limit: number): Promise<number> {
  const { database } = parts;
  const ends = await findEndEvents(database, limit, OUTPUT_BYTES_MAX);
  if (ends.length === 0) return 0;
  const told = await Promise.allSettled(
    ends.map((end) => sendOwedEvent(parts, end.workspaceId, eventOf(end))),
  );
  await faultPoint("ends.told");
  const accepted = ends.filter((_, index) => told[index]!.status === "fulfilled");
  await oweDeliveries(
    database,
    accepted.map((end) => {
      const event = eventOf(end);
      return { ...event, ...{ workspaceId: end.workspaceId, runId: end.runId, eventId: eventIdOf(event) } };
    }),
  );
  await clearEndEvents(database, accepted);
  const failed = told.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return ends.length;
}

function eventOf({ runId, status, data, traceparent, endedAtMs: timeMs }: OwedEndEvent): OwedEvent {
  return { name: `durable.run.${status}`, of: runId, data, traceparent, timeMs };
}
