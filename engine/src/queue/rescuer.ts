import type { Logger } from "pino";
import { faultPoint } from "../runtime/fault-points.ts";
import { Loop } from "../runtime/loop.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import { rescueLeases } from "../store/engines.ts";

/** Leases a run may lose with dying engines before it pauses: perhaps it is what kills them. */
const LOST_MAX = 10;

export interface RescuerOptions extends Ports {
  readonly database: Database;
  readonly leaseMs: number;
  readonly log: Logger;
  /** Runs became ready. */
  readonly rescued: () => void;
}

/** Finds engines whose heartbeat is over and queues what they held. Harmless when several do it. */
export function createRescuer(options: RescuerOptions): Loop {
  const { database, log, rescued } = options;
  return new Loop({
    name: "rescuer",
    pauseMs: Math.min(1_000, options.leaseMs / 5),
    timers: options.timers,
    random: options.random,
    async round() {
      const rescues = await rescueLeases(database, LOST_MAX);
      await faultPoint("rescue.after");
      for (const { engineId, runCount } of rescues) {
        log.warn({ engineId, runCount }, "an engine stopped sending heartbeats; its runs are queued again");
      }
      if (rescues.length > 0) rescued();
      return "later";
    },
    onError: (error) => log.warn({ err: error }, "looking for dead engines failed; it is tried again"),
  });
}
