import { type Duration, durationMs } from "../duration.ts";
import { pause } from "./app-server.ts";
import type { Bench, Rest } from "./bench.ts";

/** Whether all is at rest costs the database a millisecond: who waits for long asks less often. */
const LOOK_AFTER_MS_MAX = 15;

/** Time that passes only when everything else is at rest, from timer to timer. */
export class VirtualTime {
  readonly #bench: Bench;
  readonly #healed: () => Promise<void>;
  readonly #patienceMs: number;

  constructor(bench: Bench, healed: () => Promise<void>, patienceMs: number) {
    this.#bench = bench;
    this.#healed = healed;
    this.#patienceMs = patienceMs;
  }

  /** @throws Error when something goes on for longer than the kit's patience, in real time. */
  async settled(): Promise<Rest> {
    const untilMs = performance.now() + this.#patienceMs;
    for (let lookAfterMs = 2; ; lookAfterMs = Math.min(lookAfterMs * 1.5, LOOK_AFTER_MS_MAX)) {
      await this.#healed();
      const rest = await this.#bench.rest();
      if (rest.busy === 0) return rest;
      if (performance.now() > untilMs) {
        throw new Error(
          `Something is still going on after ${this.#patienceMs} ms of real time: a step that does not end, or work that makes more work. A longer one needs createTestKit({ patience }).`,
        );
      }
      await pause(lookAfterMs);
    }
  }

  /**
   * All timers within the duration fire and all schedules tick, one after the other, each with everything that follows
   * from it. Real time passes besides, so three sleeps of a day always fit into three days.
   */
  async advance(duration: Duration): Promise<void> {
    let leftMs = durationMs(duration);
    for (;;) {
      const { nextDueMs, nextTickMs } = await this.settled();
      const nextMs = Math.min(nextDueMs ?? Number.POSITIVE_INFINITY, nextTickMs ?? Number.POSITIVE_INFINITY);
      if (nextMs > leftMs) break;
      await this.#jump(nextMs);
      leftMs -= Math.max(0, nextMs);
    }
    await this.#jump(leftMs);
    await this.settled();
  }

  /** Jumps to the next timer and lets everything follow; answers how far, or null when there is none. */
  async toNextTimer(): Promise<number | null> {
    const { nextDueMs } = await this.settled();
    if (nextDueMs === null) return null;
    await this.jump(nextDueMs);
    return Math.max(0, nextDueMs);
  }

  /**
   * Jumps so far and lets everything follow: as far as the timer that was next when its caller looked, which may have
   * fired by itself since. The one that is next by then is left alone.
   */
  async jump(ms: number): Promise<void> {
    await this.#jump(ms);
    await this.settled();
  }

  async #jump(ms: number): Promise<void> {
    if (ms > 0) await this.#bench.advance(Math.ceil(ms));
  }
}
