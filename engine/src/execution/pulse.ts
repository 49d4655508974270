import type { Logger } from "pino";
import type { Pulse } from "../endpoint/pulse.ts";
import type { Clock } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import { findSilence } from "../store/heartbeats.ts";
import type { Held } from "./held-run.ts";

export interface PulseParts {
  readonly clock: Clock;
  readonly database: Database;
  readonly log: Logger;
}

/**
 * What is heard of the dispatch that is under way, whichever engine process it came to. While the database does not
 * answer no heartbeat can be stored either: that is nobody's silence, and the time counts anew from then.
 */
export function pulseOf({ clock, database, log }: PulseParts, held: Held): Pulse {
  const { workspaceId, head, fence, silenceMs } = held;
  return {
    silenceMs,
    async lastHeardMs() {
      try {
        const silentMs = await findSilence(database, { workspaceId, runId: head.runId, fence });
        return silentMs === null ? null : clock.monotonicMs() - silentMs;
      } catch (error) {
        log.warn(
          { err: error, runId: head.runId },
          "whether a step still lives could not be read; it gets more time",
        );
        return clock.monotonicMs();
      }
    },
  };
}
