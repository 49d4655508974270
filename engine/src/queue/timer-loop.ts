import { faultPoint } from "../runtime/fault-points.ts";
import type { NextRound } from "../runtime/loop.ts";
import { fireTimers } from "../store/wake-ups.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

export interface TimerLoopOptions extends PollingOptions {
  /** Runs became ready. */
  readonly fired: () => void;
  /** A schedule is due. */
  readonly ticks: () => void;
}

const BATCH = 500;
/** A timer that cannot fire yet (its run is in the middle of a commit) must not become a hot loop. */
const PAUSE_MS_MIN = 5;

/**
 * Fires timers when they are due. It knows when the next one is: from the database after each round, and from
 * `dueIn` for those this process has just committed. The poll interval is only for timers of other processes.
 */
export class TimerLoop extends PollingService<TimerLoopOptions> {
  #roundEndsAtMs = 0;

  constructor(options: TimerLoopOptions) {
    super(options, { name: "timer-loop", failed: "firing timers failed" });
  }

  /** A timer due in `ms` was committed. */
  dueIn(ms: number): void {
    const { clock, pollMs, timers } = this.options;
    // Within the poll interval only: a later one is found by a round, and no process keeps a list of sleeps.
    if (ms > pollMs || clock.monotonicMs() + ms >= this.#roundEndsAtMs) return;
    timers.after(ms + 1, () => this.loop.kick());
  }

  protected async round(): Promise<NextRound> {
    const { clock, database, fired, pollMs, ticks } = this.options;
    const result = await fireTimers(database, BATCH);
    await faultPoint("timers.after");
    if (result.fired > 0) fired();
    if (result.isTick) ticks();
    if (result.fired === BATCH) return "again";
    const pauseMs = Math.min(Math.max(result.nextDueMs ?? pollMs, PAUSE_MS_MIN), pollMs);
    this.#roundEndsAtMs = clock.monotonicMs() + pauseMs;
    return { inMs: pauseMs };
  }
}
