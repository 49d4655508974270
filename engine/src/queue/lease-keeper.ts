// Leases carry no expiry of their own: they live as long as their engine's heartbeat. This process counts from the
// moment it *sent* its last successful heartbeat, on monotonic time, and stops acting one margin before anybody
// else may call it dead. Stopped and continued past that (SIGSTOP, a stalled event loop), it finds `mayAct` false
// before it can do harm, and the fence in every commit refuses what slips through.
//
//   heartbeat sent ---- 1 s ---- heartbeat sent ................ margin | lease over: others may rescue
//                                |<------------- mayAct ------------->|

import type { Logger } from "pino";
import type { LeaseAuthority } from "../execution/lease-authority.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import { Loop } from "../runtime/loop.ts";
import type { Random, Timers } from "../runtime/ports.ts";
import type { Service } from "../runtime/service.ts";
import type { SystemClock } from "../runtime/system-ports.ts";
import type { Database } from "../store/database.ts";
import {
  drainEngine,
  type EngineLoad,
  type EngineRow,
  heartbeat,
  leaveEngine,
  registerEngine,
} from "../store/engines.ts";

export interface LeaseKeeperOptions {
  readonly database: Database;
  readonly clock: SystemClock;
  readonly timers: Timers;
  readonly random: Random;
  readonly row: EngineRow;
  readonly load: () => EngineLoad;
  readonly log: Logger;
  /** Everything held under this id is gone. */
  readonly lost: (engineId: number) => void;
}

export class LeaseKeeper implements Service, LeaseAuthority {
  readonly name = "lease-keeper";
  readonly #options: LeaseKeeperOptions;
  readonly #loop: Loop;
  readonly #marginMs: number;
  #engineId = 0;
  #isAbandoned = false;
  #renewedAtMs = Number.NEGATIVE_INFINITY;
  #waiting: { readonly engineId: number; readonly resolve: (mayAct: boolean) => void }[] = [];

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#marginMs = options.row.leaseMs / 5;
    this.#loop = new Loop({
      name: this.name,
      pauseMs: Math.min(1_000, options.row.leaseMs / 5),
      timers: options.timers,
      random: options.random,
      round: () => this.#beat(),
      onError: (error) => options.log.warn({ err: error }, "the heartbeat did not get through"),
    });
  }

  engineId(): number {
    return this.#engineId;
  }

  mayAct(engineId: number): boolean {
    if (engineId !== this.#engineId || this.#isAbandoned) return false;
    return this.#options.clock.monotonicMs() - this.#renewedAtMs < this.#options.row.leaseMs - this.#marginMs;
  }

  untilMayAct(engineId: number): Promise<boolean> {
    if (engineId !== this.#engineId || this.#isAbandoned) return Promise.resolve(false);
    if (this.mayAct(engineId)) return Promise.resolve(true);
    return new Promise((resolve) => this.#waiting.push({ engineId, resolve }));
  }

  async start(): Promise<void> {
    await this.#register();
    await this.#beat();
    await this.#loop.start();
  }

  /** From here on claims under this engine's id find nothing. */
  async drain(): Promise<void> {
    if (this.#engineId !== 0) await drainEngine(this.#options.database, this.#engineId);
  }

  /** Acts no more and says nothing: what it holds is left to whoever finds its heartbeat over. */
  abandon(): void {
    this.#isAbandoned = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve(false);
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    for (const { resolve } of this.#waiting.splice(0)) resolve(false);
    if (this.#engineId === 0 || this.#isAbandoned) return;
    const { database, log } = this.#options;
    try {
      const runCount = await leaveEngine(database, this.#engineId);
      if (runCount > 0) log.info({ runCount }, "leases whose answer was lost are left to the others");
    } catch (error) {
      log.warn(
        { err: error },
        "the others could not be told that this engine has left; they find out by its heartbeat",
      );
    }
  }

  async #register(): Promise<void> {
    const askedAtMs = this.#options.clock.monotonicMs();
    this.#engineId = await registerEngine(this.#options.database, this.#options.row);
    this.#renewedAtMs = askedAtMs;
  }

  async #beat(): Promise<"later"> {
    const { clock, database, load, log, lost } = this.#options;
    await faultPoint("heartbeat.before");
    const askedAtMs = clock.monotonicMs();
    const databaseEpochMs = await heartbeat(database, this.#engineId, load());
    if (databaseEpochMs === null) {
      const dead = this.#engineId;
      log.warn(
        { engineId: dead },
        "another engine declared this one dead; it drops its leases and registers anew",
      );
      await this.#register();
      lost(dead);
    } else {
      clock.anchor(databaseEpochMs, askedAtMs, clock.monotonicMs());
      this.#renewedAtMs = askedAtMs;
    }
    for (const waiting of this.#waiting.splice(0)) waiting.resolve(waiting.engineId === this.#engineId);
    return "later";
  }
}
