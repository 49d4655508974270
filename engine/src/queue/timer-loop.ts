import type { Logger } from "pino";
import { faultPoint } from "../runtime/fault-points.ts";
import { Loop, type NextRound } from "../runtime/loop.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Service } from "../runtime/service.ts";
import type { Database } from "../store/database.ts";
import { fireTimers } from "../store/wake-ups.ts";

export interface TimerLoopOptions extends Ports {
  readonly database: Database;
  readonly pollMs: number;
  readonly log: Logger;
  /** Runs became ready. */
  readonly fired: () => void;
}

const BATCH = 500;
/** A timer that cannot fire yet (its run is in the middle of a commit) must not become a hot loop. */
const PAUSE_MS_MIN = 5;

/**
 * Fires timers when they are due. It knows when the next one is: from the database after each round, and from
 * `dueIn` for those this process has just committed. The poll interval is only for timers of other processes.
 */
export class TimerLoop implements Service {
  readonly name = "timer-loop";
  readonly #options: TimerLoopOptions;
  readonly #loop: Loop;
  #roundEndsAtMs = 0;

  constructor(options: TimerLoopOptions) {
    this.#options = options;
    this.#loop = new Loop({
      name: this.name,
      pauseMs: options.pollMs,
      timers: options.timers,
      random: options.random,
      round: () => this.#round(),
      onError: (error) => options.log.warn({ err: error }, "firing timers failed; it is tried again"),
    });
  }

  start(): Promise<void> {
    return this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** A timer due in `ms` was committed. */
  dueIn(ms: number): void {
    const { clock, pollMs, timers } = this.#options;
    // Within the poll interval only: a later one is found by a round, and no process keeps a list of sleeps.
    if (ms > pollMs || clock.monotonicMs() + ms >= this.#roundEndsAtMs) return;
    timers.after(ms + 1, () => this.#loop.kick());
  }

  async #round(): Promise<NextRound> {
    const { clock, database, fired, pollMs } = this.#options;
    const result = await fireTimers(database, BATCH);
    await faultPoint("timers.after");
    if (result.fired > 0) fired();
    if (result.fired === BATCH) return "again";
    const pauseMs = Math.min(Math.max(result.nextDueMs ?? pollMs, PAUSE_MS_MIN), pollMs);
    this.#roundEndsAtMs = clock.monotonicMs() + pauseMs;
    return { inMs: pauseMs };
  }
}
