import type { Op } from "@durable/protocol/wire";
import { monotonicMs } from "../../runtime/clock.ts";

/** The bodies of steps that run in a turn. */
export class Bodies {
  #startUntilMs: number;
  #runningCount = 0;
  #isOutOfTime = false;

  /** @param startUntilMs On the monotonic clock; no body is started after that, and those that run go on. */
  constructor(startUntilMs: number) {
    this.#startUntilMs = startUntilMs;
  }

  get areRunning(): boolean {
    return this.#runningCount > 0;
  }

  /** Whether one was left out because the time for starting was over. */
  get isOutOfTime(): boolean {
    return this.#isOutOfTime;
  }

  /** The engine wants the run back: the next turn starts what is still to come. */
  startNoMore(): void {
    this.#startUntilMs = 0;
  }

  /** Starts it, unless the time for that is over, and calls back with what it leaves. */
  start(body: () => Promise<Op | null>, settled: (op: Op | null) => void): void {
    if (monotonicMs() >= this.#startUntilMs) {
      this.#isOutOfTime = true;
      return;
    }
    this.#runningCount += 1;
    void body().then((op) => {
      this.#runningCount -= 1;
      settled(op);
    });
  }
}
