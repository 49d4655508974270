import type { NextRound } from "../runtime/loop.ts";
import { rollUp } from "../store/metrics.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

const PAUSE_MS = 10_000;
const KEPT_DAYS = 30;

/** Counts what has happened into minutes. Several may try: one does it, and each change is counted once. */
export class MetricRoller extends PollingService<PollingOptions> {
  constructor(options: PollingOptions) {
    super(options, { name: "metric-roller", failed: "rolling up metrics failed", pauseMs: PAUSE_MS });
  }

  protected async round(): Promise<NextRound> {
    await rollUp(this.options.database, KEPT_DAYS);
    return "later";
  }
}
