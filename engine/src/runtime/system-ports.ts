import { randomBytes, randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Clock, Ports, Random, Timers } from "./ports.ts";

/** The real clock. Until the database has been heard, its wall clock is this machine's. */
export class SystemClock implements Clock {
  #offsetMs = Date.now() - performance.now();

  monotonicMs(): number {
    return performance.now();
  }

  epochMs(): number {
    return performance.now() + this.#offsetMs;
  }

  epochOf(monotonicMs: number): number {
    return monotonicMs + this.#offsetMs;
  }

  /** The database said `databaseEpochMs` somewhere between these two monotonic instants. */
  anchor(databaseEpochMs: number, askedAtMs: number, answeredAtMs: number): void {
    this.#offsetMs = databaseEpochMs - (askedAtMs + answeredAtMs) / 2;
  }
}

export const systemRandom: Random = {
  uuid: () => randomUUID(),
  float: () => Math.random(),
  bytes: (count) => pooledBytes(count),
};

// One call of the kernel for hundreds of ids.
let pool = randomBytes(0);
let used = 0;

function pooledBytes(count: number): Uint8Array {
  if (used + count > pool.length) {
    pool = randomBytes(Math.max(4096, count));
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
}

export const systemTimers: Timers = {
  after(ms, fn) {
    // What is due already is due now; Node warns of a time that is over.
    const timer = setTimeout(fn, Math.max(0, Math.min(ms, 2_147_483_647)));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export function systemPorts(): Ports & { readonly clock: SystemClock } {
  return { clock: new SystemClock(), random: systemRandom, timers: systemTimers };
}
