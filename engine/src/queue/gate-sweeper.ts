import type { NextRound } from "../runtime/loop.ts";
import { sweepGates, sweepShapes } from "../store/gates.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

const PAUSE_MS = 60 * 60 * 1_000;
/** A key that comes every week need not be made anew every week. */
const IDLE_DAYS = 14;

/** Limits with a key leave a row for each value of it; those that nobody uses any more go. Harmless when several do it. */
export class GateSweeper extends PollingService<PollingOptions> {
  constructor(options: PollingOptions) {
    super(options, { name: "gate-sweeper", failed: "sweeping gates failed", pauseMs: PAUSE_MS });
  }

  protected async round(): Promise<NextRound> {
    const { database, log } = this.options;
    const gates = await sweepGates(database, IDLE_DAYS);
    const shapes = await sweepShapes(database, IDLE_DAYS);
    if (gates + shapes > 0) log.debug({ gates, shapes }, "keys that nobody uses were swept");
    return "later";
  }
}
