import type { Logger } from "pino";
import { hasEnded, type RunEnd } from "../domain/run-end.ts";
import type { EngineEvents } from "../observability/engine-events.ts";
import type { Timers } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import { loadRunStates } from "../store/run-states.ts";

/** How late a run that another engine process ended is noticed. */
const POLL_MS = 250;

export interface EndedRunsOptions {
  readonly database: Database;
  readonly events: Pick<EngineEvents, "on">;
  readonly timers: Timers;
  readonly log: Logger;
}

/** Somebody waits for a run's end. */
export interface Watch {
  /** How it ended; null when the time is over, the client has hung up or the process stops. */
  readonly ended: Promise<RunEnd | null>;
  stop(): void;
}

interface Watcher {
  readonly workspaceId: number;
  readonly runId: string;
  readonly tell: (end: RunEnd | null) => void;
}

/**
 * Long polls wait here. A run that this process ends is announced in it, with its result; for all others the
 * database is asked, in one statement for everybody who waits, and not at all while nobody does.
 */
export class EndedRuns {
  readonly #options: EndedRunsOptions;
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #unsubscribe: () => void;
  #isPolling = false;
  #isStopped = false;

  constructor(options: EndedRunsOptions) {
    this.#options = options;
    this.#unsubscribe = options.events.on("run.ended", ({ workspaceId, runId, end }) =>
      this.#tell(workspaceId, runId, end),
    );
  }

  /** Begin to watch before the first read of the run, or an end in between goes unnoticed. */
  watch(workspaceId: number, runId: string, ms: number, hungUp: AbortSignal): Watch {
    let stop = () => {};
    const ended = new Promise<RunEnd | null>((resolve) => {
      const tell = (end: RunEnd | null) => {
        cancel();
        hungUp.removeEventListener("abort", stop);
        this.#remove(watcher);
        resolve(end);
      };
      stop = () => tell(null);
      const cancel = this.#options.timers.after(ms, stop);
      const watcher: Watcher = { workspaceId, runId, tell };
      this.#add(watcher);
      hungUp.addEventListener("abort", stop);
      if (hungUp.aborted || this.#isStopped) stop();
      else this.#pollLater();
    });
    return { ended, stop };
  }

  /** Everybody who waits gets what there is now. */
  stop(): void {
    this.#isStopped = true;
    this.#unsubscribe();
    for (const watcher of this.#all()) watcher.tell(null);
  }

  #add(watcher: Watcher): void {
    const watchers = this.#watchers.get(watcher.runId);
    if (watchers === undefined) this.#watchers.set(watcher.runId, new Set([watcher]));
    else watchers.add(watcher);
  }

  #remove(watcher: Watcher): void {
    const watchers = this.#watchers.get(watcher.runId);
    if (watchers?.delete(watcher) && watchers.size === 0) this.#watchers.delete(watcher.runId);
  }

  #all(): Watcher[] {
    return [...this.#watchers.values()].flatMap((watchers) => [...watchers]);
  }

  #tell(workspaceId: number, runId: string, end: RunEnd): void {
    for (const watcher of this.#watchers.get(runId) ?? []) {
      if (watcher.workspaceId === workspaceId) watcher.tell(end);
    }
  }

  #pollLater(): void {
    if (this.#isPolling) return;
    this.#isPolling = true;
    this.#options.timers.after(POLL_MS, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    const watchers = this.#all();
    try {
      if (watchers.length > 0) {
        const states = await loadRunStates(this.#options.database, watchers);
        for (const [index, watcher] of watchers.entries()) {
          const state = states[index];
          if (state && hasEnded(state)) watcher.tell(state);
        }
      }
    } catch (error) {
      // The wait goes on; who reads the run afterwards hears of a database that is away.
      this.#options.log.debug({ err: error }, "could not ask which runs have ended");
    }
    this.#isPolling = false;
    if (this.#watchers.size > 0) this.#pollLater();
  }
}
