import type { Random, Timers } from "./ports.ts";
import type { Service } from "./service.ts";

/** What a round says about the next one: at once, after so many milliseconds, or after the usual pause. */
export type NextRound = "again" | "later" | { readonly inMs: number };

export interface LoopOptions {
  readonly name: string;
  readonly pauseMs: number;
  readonly timers: Timers;
  readonly random: Random;
  round(): Promise<NextRound>;
  onError(error: unknown): void;
}

/**
 * Round, pause, round. `kick` ends the pause; a kick during a round causes another one. Pauses carry up to 20 %
 * jitter so that engines do not poll in step; after an error they grow to ten times.
 */
export class Loop implements Service {
  readonly name: string;
  readonly #options: LoopOptions;
  #running = false;
  #kicked = false;
  #failures = 0;
  #wake: (() => void) | null = null;
  #done: Promise<void> = Promise.resolve();

  constructor(options: LoopOptions) {
    this.name = options.name;
    this.#options = options;
  }

  start(): Promise<void> {
    if (!this.#running) {
      this.#running = true;
      this.#done = this.#run();
    }
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#wake?.();
    await this.#done;
  }

  kick(): void {
    this.#kicked = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    while (this.#running) {
      this.#kicked = false;
      let next: NextRound;
      try {
        next = await this.#options.round();
        this.#failures = 0;
      } catch (error) {
        this.#failures = Math.min(this.#failures + 1, 10);
        if (this.#running) this.#options.onError(error);
        next = { inMs: this.#options.pauseMs * this.#failures };
      }
      if (next === "again" || !this.#running) continue;
      await this.#pause(next === "later" ? this.#options.pauseMs : next.inMs);
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#kicked) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#options.timers.after(ms * (0.9 + 0.2 * this.#options.random.float()), done);
      const self = this;
      this.#wake = done;
      function done(): void {
        cancel();
        self.#wake = null;
        resolve();
      }
    });
  }
}
