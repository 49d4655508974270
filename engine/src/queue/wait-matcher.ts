// Events and waits meet here, off the commit path. Each side has committed an obligation: an event whose name
// somebody may wait for, a wait nobody has looked back for. Whoever comes later sees the other, so neither is
// missed; settling is guarded, so meeting twice resolves once. What a dead process left behind the sweep finds.

import { faultPoint } from "../runtime/fault-points.ts";
import { Group } from "../runtime/group.ts";
import type { NextRound } from "../runtime/loop.ts";
import { isConflict, isConnectionLoss } from "../store/database.ts";
import {
  type EventRef,
  findEventObligations,
  findLookBackObligations,
  LOOK_BACK_EVENTS_MAX,
  lookBack,
  matchEvents,
  type RunRef,
  type Settled,
} from "../store/waits.ts";
import { lookBackWithConditions, matchConditions } from "./conditions.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

export interface WaitMatcherOptions extends PollingOptions {
  /** Runs became ready. */
  readonly resolved: () => void;
  /** Events have cancelled it. */
  readonly cancelled: (run: RunRef) => void;
}

const LOOK_BACK = { perCall: 1_000, inAll: LOOK_BACK_EVENTS_MAX };
const SWEEP_LIMIT = 500;
const LIMITS = { items: 200, bytes: Number.POSITIVE_INFINITY, bytesOf: () => 0 };

export class WaitMatcher extends PollingService<WaitMatcherOptions> {
  readonly #events: Group<EventRef, undefined>;
  readonly #waits: Group<RunRef, undefined>;

  constructor(options: WaitMatcherOptions) {
    super(options, {
      name: "wait-matcher",
      failed: "sweeping obligations failed",
      pauseMs: options.pollMs * 2,
    });
    this.#events = new Group((refs) => this.#each(refs, (some) => this.#matchEvents(some)), LIMITS);
    this.#waits = new Group((refs) => this.#each(refs, (some) => this.#lookBack(some)), LIMITS);
  }

  override async stop(): Promise<void> {
    await super.stop();
    await Promise.all([this.#events.idle(), this.#waits.idle()]);
  }

  /** These events were committed and may be waited for. */
  holdAgainstWaits(events: readonly EventRef[]): void {
    for (const event of events) this.#events.add(event).catch((error) => this.#leaveToSweep(error));
  }

  /** Waits of this run were committed; what they wait for may have come before. */
  lookBackFor(run: RunRef): void {
    this.#waits.add(run).catch((error) => this.#leaveToSweep(error));
  }

  /** Events were committed by somebody who does not know whether they are waited for. */
  sweepSoon(): void {
    this.loop.kick();
  }

  async #matchEvents(events: readonly EventRef[]): Promise<void> {
    await faultPoint("match.before");
    const { database } = this.options;
    const { conditional, ...settled } = await matchEvents(database, events);
    this.#settled(settled);
    for (const event of conditional) await matchConditions(database, event, (more) => this.#settled(more));
  }

  async #lookBack(runs: readonly RunRef[]): Promise<void> {
    await faultPoint("look-back.before");
    const { database } = this.options;
    for (let isLeft = true; isLeft; ) {
      const { left, ...settled } = await lookBack(database, runs, LOOK_BACK);
      this.#settled(settled);
      if (left > 0) await lookBackWithConditions(database, runs, LOOK_BACK, (more) => this.#settled(more));
      isLeft = left > 0;
    }
  }

  #settled({ resolved, cancelled }: Settled): void {
    if (resolved > 0) this.options.resolved();
    for (const run of cancelled) this.options.cancelled(run);
  }

  protected async round(): Promise<NextRound> {
    const { database } = this.options;
    const events = await findEventObligations(database, 0, SWEEP_LIMIT);
    if (events.length > 0) await this.#each(events, (some) => this.#matchEvents(some));
    const runs = await findLookBackObligations(database, SWEEP_LIMIT);
    if (runs.length > 0) await this.#each(runs, (some) => this.#lookBack(some));
    return events.length === SWEEP_LIMIT || runs.length === SWEEP_LIMIT ? "again" : "later";
  }

  /** All together; if the data of one spoils it, each half alone, so that one cannot hold up the others. */
  async #each<Ref>(refs: readonly Ref[], run: (refs: readonly Ref[]) => Promise<void>): Promise<undefined[]> {
    try {
      await run(refs);
    } catch (error) {
      if (refs.length === 1 || isConflict(error) || isConnectionLoss(error)) throw error;
      const middle = refs.length >> 1;
      await Promise.allSettled([this.#each(refs.slice(0, middle), run), this.#each(refs.slice(middle), run)]);
    }
    return refs.map(() => undefined);
  }

  #leaveToSweep(error: unknown): void {
    this.options.log.warn({ err: error }, "matching events and waits failed; the sweep tries again");
  }
}
