import type { NextRound } from "../runtime/loop.ts";
import { rankArrivals } from "../store/arrivals.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

/** Short: who comes behind many others is found when those are ranked. */
const PAUSE_MS = 100;

/** Gives ranks to jobs whose runs have a priority or a tenant, also while no slot is free. Harmless when several do it. */
export class ArrivalLoop extends PollingService<PollingOptions> {
  constructor(options: PollingOptions) {
    super(options, {
      name: "arrival-loop",
      failed: "ranking jobs failed",
      pauseMs: Math.min(PAUSE_MS, options.pollMs),
    });
  }

  protected async round(): Promise<NextRound> {
    return (await rankArrivals(this.options.database)) ? "again" : "later";
  }
}
