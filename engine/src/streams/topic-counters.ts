import type { Clock } from "../runtime/ports.ts";
import { countLive } from "../store/counters.ts";
import type { FeedOptions } from "./feed-options.ts";
import { writePatch } from "./message.ts";
import type { StreamClient } from "./stream-client.ts";

/** They are counted at most so often when runs change, and so often when none does: a claim writes no change. */
const COUNT_EVERY_MS = 1_000;
const COUNT_AGAIN_MS = 5_000;

/** `counters`: live runs by status, and what waits for people. */
export class CountersTopic {
  readonly #options: FeedOptions;
  readonly #clock: Clock;
  #countedAtMs = Number.NEGATIVE_INFINITY;
  #isOld = true;
  #told = "";

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  async show(client: StreamClient): Promise<void> {
    const { rev, ...patch } = await countLive(this.#options.database, this.#options.workspace.id);
    client.outbox.tell(writePatch({ topic: "counters", kind: "counters", id: null, rev, patch }));
  }

  async tell(clients: readonly StreamClient[], hasChanged: boolean): Promise<void> {
    this.#isOld ||= hasChanged;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#countedAtMs + (this.#isOld ? COUNT_EVERY_MS : COUNT_AGAIN_MS)) return;
    const { rev, ...patch } = await countLive(this.#options.database, this.#options.workspace.id);
    this.#countedAtMs = nowMs;
    this.#isOld = false;
    const told = JSON.stringify(patch);
    if (told === this.#told) return;
    this.#told = told;
    const text = writePatch({ topic: "counters", kind: "counters", id: null, rev, patch });
    for (const client of clients) client.outbox.tell(text);
  }
}
