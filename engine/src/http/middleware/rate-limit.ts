import { Problem } from "../../domain/problems.ts";
import type { Clock } from "../../runtime/ports.ts";

export interface Rate {
  readonly perSecond: number;
  readonly atOnce: number;
}

/** Addresses that are remembered; when there are more, all begin anew. */
const REMEMBERED_MAX = 10_000;

/** So many requests per address, in this process: for routes that strangers may try. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #rate: Rate;
  /** By address: when all it took is given back. */
  readonly #busyUntilMs = new Map<string, number>();

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#rate = rate;
  }

  /** @throws Problem `too-many-requests` with how long to wait. */
  take(address: string): void {
    const { perSecond, atOnce } = this.#rate;
    const nowMs = this.#clock.monotonicMs();
    const busyUntilMs = Math.max(nowMs, this.#busyUntilMs.get(address) ?? 0) + 1_000 / perSecond;
    if (busyUntilMs - nowMs > (atOnce * 1_000) / perSecond) {
      throw new Problem(
        "too-many-requests",
        `This address has sent more than ${atOnce} requests at once, or ${perSecond} a second. Wait, then go on.`,
        { headers: { "retry-after": "1" } },
      );
    }
    if (this.#busyUntilMs.size >= REMEMBERED_MAX) this.#busyUntilMs.clear();
    this.#busyUntilMs.set(address, busyUntilMs);
  }
}
