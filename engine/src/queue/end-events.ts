import type { IncomingEvent } from "../ingest/incoming-event.ts";
import type { Database } from "../store/database.ts";
import { clearEndEvents, findEndEvents } from "../store/end-events.ts";

export interface EndEventsParts {
  readonly database: Database;
  /** The door that every event comes through. */
  readonly accept: (workspaceId: number, event: IncomingEvent) => Promise<unknown>;
}

/** A larger output is left out of the event. */
const OUTPUT_BYTES_MAX = 16 * 1024;

/**
 * Makes the events of ended runs that somebody listens to; answers how many. A process that dies in between leaves the
 * obligation, and the id of the event makes twice once.
 */
export async function tellEndEvents({ database, accept }: EndEventsParts, limit: number): Promise<number> {
  const ends = await findEndEvents(database, limit, OUTPUT_BYTES_MAX);
  if (ends.length === 0) return 0;
  const told = await Promise.allSettled(
    ends.map(({ workspaceId, runId, status, data, endedAtMs: timeMs }) => {
      const name = `durable.run.${status}`;
      return accept(workspaceId, { clientId: `${name}/${runId}`, name, data, timeMs });
    }),
  );
  await clearEndEvents(
    database,
    ends.filter((_, index) => told[index]!.status === "fulfilled"),
  );
  const failed = told.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return ends.length;
}
