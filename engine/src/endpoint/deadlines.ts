import type { Clock, Timers } from "../runtime/ports.ts";

/** Something in flight that knows when it has waited long enough. */
export interface Expiring {
  expire(nowMs: number): void;
}

/**
 * One timer for all requests in flight instead of three each (first byte, next byte, total): at thousands of requests
 * a second, arming and cancelling timers costs more than looking through a few hundred entries every 50 ms. So a
 * deadline is kept to within `SWEEP_MS`, and with nothing in flight there is no timer at all.
 */
export class Deadlines {
  readonly #live = new Set<Expiring>();
  readonly #clock: Clock;
  readonly #timers: Timers;
  #armed = false;

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock;
    this.#timers = timers;
  }

  watch(item: Expiring): void {
    this.#live.add(item);
    if (!this.#armed) this.#arm();
  }

  forget(item: Expiring): void {
    this.#live.delete(item);
  }

  /** Nobody waits any longer. */
  expireAll(): void {
    for (const item of this.#live) item.expire(Number.POSITIVE_INFINITY);
  }

  get size(): number {
    return this.#live.size;
  }

  #arm(): void {
    this.#armed = true;
    this.#timers.after(SWEEP_MS, () => {
      this.#armed = false;
      const nowMs = this.#clock.monotonicMs();
      for (const item of this.#live) item.expire(nowMs);
      if (this.#live.size > 0) this.#arm();
    });
  }
}

export const SWEEP_MS = 50;
