// Group commit without timers. One call is in flight; whatever arrives meanwhile goes into the next. Under load
// groups grow by themselves, idle items leave at once. (One in flight beat two and four: fewer, fuller commits.)
// Only where a call is so large that making it takes as long as the database needs for the one before it, a second
// one may start beside it.

import { performance } from "node:perf_hooks";
import { Durations } from "../observability/durations.ts";

export interface GroupLimits<Item> {
  /** Most items in one call. */
  readonly items: number;
  /** Most bytes in one call; a single larger item goes alone. */
  readonly bytes: number;
  bytesOf(item: Item): number;
  /** A second call starts beside one in flight as soon as so many bytes wait. Default: never. */
  readonly besideBytes?: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly bytes: number;
  readonly cameAtMs: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export class Group<Item, Result> {
  #waiting: Waiting<Item, Result>[] = [];
  #waitingBytes = 0;
  #inFlight = 0;
  /** How many items the last call had. */
  #lastTaken = 0;
  #idle: (() => void)[] = [];
  readonly #run: (items: Item[]) => Promise<Result[]>;
  readonly #limits: GroupLimits<Item>;
  /** Calls made and items in them, for `/metrics` and the statements-per-outcome proof. */
  readonly count = { calls: 0, items: 0 };
  /** From `add` to the result, for `/metrics`. */
  readonly durations = new Durations();

  /** `run` answers one result per item, in order. If it rejects, every item of that call rejects. */
  constructor(run: (items: Item[]) => Promise<Result[]>, limits: GroupLimits<Item>) {
    this.#run = run;
    this.#limits = limits;
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const bytes = this.#limits.bytesOf(item);
      this.#waiting.push({ item, bytes, cameAtMs: performance.now(), resolve, reject });
      this.#waitingBytes += bytes;
      if (!this.#mayStart()) return;
      this.#inFlight += 1;
      // After this turn of the event loop: answers that arrived together leave together. Where the last one came alone, nobody
      // is waited for: a lone step after the other then takes a turn less.
      const soon = this.#lastTaken === 1 ? queueMicrotask : setImmediate;
      soon(() => void this.#drain());
    });
  }

  /** Resolves when nothing is waiting or in flight. */
  idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #mayStart(): boolean {
    const { besideBytes = Number.POSITIVE_INFINITY } = this.#limits;
    return this.#inFlight === 0 || (this.#inFlight === 1 && this.#waitingBytes >= besideBytes);
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      this.#lastTaken = batch.length;
      this.count.calls += 1;
      this.count.items += batch.length;
      try {
        const results = await this.#run(batch.map((waiting) => waiting.item));
        const nowMs = performance.now();
        for (let i = 0; i < batch.length; i += 1) {
          this.durations.add(nowMs - batch[i]!.cameAtMs);
          batch[i]!.resolve(results[i]!);
        }
      } catch (error) {
        for (const waiting of batch) waiting.reject(error);
      }
    }
    this.#inFlight -= 1;
    if (this.#inFlight === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #take(): Waiting<Item, Result>[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      bytes += waiting.bytes;
      if (count > 0 && (count >= this.#limits.items || bytes > this.#limits.bytes)) break;
      count += 1;
    }
    const taken = this.#waiting.splice(0, count);
    for (const waiting of taken) this.#waitingBytes -= waiting.bytes;
    return taken;
  }
}
