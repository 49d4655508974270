import type { Logger } from "pino";
import type { LeaseAuthority } from "../execution/lease-authority.ts";
import { Loop, type NextRound } from "../runtime/loop.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Service } from "../runtime/service.ts";
import type { Database } from "../store/database.ts";
import { findLeases, type Lease, leaseKey, takeUpLeases } from "../store/leases.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Slots } from "./slots.ts";

export interface LeaseReconcilerOptions extends Ports {
  readonly database: Database;
  readonly authority: LeaseAuthority;
  readonly dispatcher: Pick<Dispatcher, "knows" | "claimUnderWay" | "adopt">;
  readonly slots: Slots;
  readonly leaseMs: number;
  readonly log: Logger;
}

/** Rounds after the last suspicion: enough for the database to come back and for one orphan to be seen twice. */
const ROUNDS_PER_SUSPICION = 5;
/** Looking costs a scan of all live runs and tasks, so without a suspicion it is rare. */
const UNSUSPECTED_MS = 60_000;

/**
 * Leases the database says we hold and we do not know of: their claim or birth committed, but its answer was lost
 * with the connection. Nobody else may take them while our heart beats, so we must.
 *
 * What is still on its way must not be taken up beside it, or one fence would name two dispatches. Births say which
 * runs they expect. A claim cannot: a lease it may have brought waits until that claim has ended and it is seen again.
 */
export class LeaseReconciler implements Service {
  readonly name = "lease-reconciler";
  readonly #options: LeaseReconcilerOptions;
  readonly #loop: Loop;
  #roundsLeft = 0;
  #lookedAtMs = 0;
  #unknown = new Map<string, Lease>();
  /** The claim that was under way when they were seen. */
  #seenDuring: number | null = null;

  constructor(options: LeaseReconcilerOptions) {
    this.#options = options;
    this.#loop = new Loop({
      name: this.name,
      pauseMs: Math.max(500, options.leaseMs / 5),
      timers: options.timers,
      random: options.random,
      round: () => this.#round(),
      onError: (error) =>
        options.log.warn({ err: error }, "comparing leases with the database failed; it is tried again"),
    });
  }

  start(): Promise<void> {
    return this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** The answer of something that takes leases was lost. */
  suspect(): void {
    this.#roundsLeft = ROUNDS_PER_SUSPICION;
  }

  async #round(): Promise<NextRound> {
    const { authority, clock, database, dispatcher, slots } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#roundsLeft === 0 && nowMs - this.#lookedAtMs < UNSUSPECTED_MS) return "later";
    const leases = await findLeases(database, authority.engineId());
    this.#lookedAtMs = nowMs;
    this.#roundsLeft = Math.max(0, this.#roundsLeft - 1);
    const unknown = leases.filter((lease) => !dispatcher.knows(leaseKey(lease)));
    const during = dispatcher.claimUnderWay;
    const isSameClaim = during !== null && during === this.#seenDuring;
    const orphans = isSameClaim
      ? []
      : unknown.filter((lease) => this.#unknown.get(leaseKey(lease))?.fence === lease.fence);
    this.#unknown = new Map(unknown.map((lease) => [leaseKey(lease), lease]));
    this.#seenDuring = during;
    if (unknown.length > 0) this.suspect();
    const taken = slots.take(orphans.length);
    if (taken > 0) await this.#takeUp(orphans.slice(0, taken));
    return "later";
  }

  /** Each has a slot already. */
  async #takeUp(orphans: readonly Lease[]): Promise<void> {
    const { authority, database, dispatcher, log, slots } = this.#options;
    let adopted: Lease[] = [];
    try {
      adopted = await takeUpLeases(database, authority.engineId(), orphans);
    } finally {
      slots.give(orphans.length - adopted.length);
    }
    if (adopted.length === 0) return;
    log.info({ runCount: adopted.length }, "leases whose answer was lost are taken up");
    await dispatcher.adopt(adopted);
  }
}
