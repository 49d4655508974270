import type { Logger } from "pino";
import type { EngineEvents } from "../observability/engine-events.ts";
import type { Timers } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import { findEndedRuns } from "../store/runs-listing-detail.ts";

/** How late a run that another engine process ended is noticed. */
const POLL_MS = 250;

export interface EndedRunsOptions {
  readonly database: Database;
  readonly events: Pick<EngineEvents, "on">;
  readonly timers: Timers;
  readonly log: Logger;
}

interface Watch {
  readonly workspaceId: number;
  readonly runId: string;
  readonly wake: () => void;
}

/**
 * Long polls wait here. A run that this process ends is announced in it; for all others the database is asked, in
 * one statement for everybody who waits, and not at all while nobody does.
 */
export class EndedRuns {
  readonly #options: EndedRunsOptions;
  readonly #watches = new Set<Watch>();
  readonly #unsubscribe: () => void;
  #isPolling = false;
  #isStopped = false;

  constructor(options: EndedRunsOptions) {
    this.#options = options;
    this.#unsubscribe = options.events.on("run.ended", ({ workspaceId, runId }) =>
      this.#wake(workspaceId, runId),
    );
  }

  /**
   * Resolves when the run has ended, the time is over, `signal` aborts or the process stops; the caller reads the
   * run afterwards to learn which. Begin to watch before the first read, or an end in between goes unnoticed.
   */
  watch(workspaceId: number, runId: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        signal.removeEventListener("abort", done);
        this.#watches.delete(watch);
        resolve();
      };
      const cancel = this.#options.timers.after(ms, done);
      const watch: Watch = { workspaceId, runId, wake: done };
      this.#watches.add(watch);
      signal.addEventListener("abort", done);
      if (signal.aborted || this.#isStopped) done();
      else this.#pollLater();
    });
  }

  /** Everybody who waits gets what there is now. */
  stop(): void {
    this.#isStopped = true;
    this.#unsubscribe();
    for (const watch of this.#watches) watch.wake();
  }

  #wake(workspaceId: number, runId: string): void {
    for (const watch of this.#watches) {
      if (watch.runId === runId && watch.workspaceId === workspaceId) watch.wake();
    }
  }

  #pollLater(): void {
    if (this.#isPolling) return;
    this.#isPolling = true;
    this.#options.timers.after(POLL_MS, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    try {
      if (this.#watches.size > 0) {
        const ended = await findEndedRuns(this.#options.database, [...this.#watches]);
        for (const { workspaceId, runId } of ended) this.#wake(workspaceId, runId);
      }
    } catch (error) {
      // The wait goes on; who reads the run afterwards hears of a database that is away.
      this.#options.log.debug({ err: error }, "could not ask which runs have ended");
    }
    this.#isPolling = false;
    if (this.#watches.size > 0) this.#pollLater();
  }
}
