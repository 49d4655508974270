import { hasEnded } from "../domain/run-end.ts";
import { Group } from "../runtime/group.ts";
import type { Database } from "../store/database.ts";
import { loadRunStates, type RunState } from "../store/run-states.ts";
import type { EndedRuns } from "./ended-runs.ts";

interface Asked {
  readonly workspaceId: number;
  readonly runId: string;
}

export interface RunResultsOptions {
  readonly database: Database;
  readonly endedRuns: EndedRuns;
  /** Whether this process is executing the run: then it is known to go on without asking the database. */
  readonly isHeld: (workspaceId: number, runId: string) => boolean;
}

/**
 * What came of a run, for callers that wait for it. A run that is executed here costs no statement: its end is
 * announced with its result. All others who ask at the same time share one.
 */
export class RunResults {
  readonly #options: RunResultsOptions;
  readonly #reads: Group<Asked, RunState | null>;

  constructor(options: RunResultsOptions) {
    this.#options = options;
    const limits = { items: 500, bytes: Number.POSITIVE_INFINITY, bytesOf: () => 0 };
    this.#reads = new Group((asked) => loadRunStates(options.database, asked), limits);
  }

  /** The state when the run has ended or the time is over; null for an id that is not in the workspace. */
  async read(asked: Asked, waitMs: number, hungUp: AbortSignal): Promise<RunState | null> {
    if (waitMs === 0) return this.#reads.add(asked);
    const { workspaceId, runId } = asked;
    const watch = this.#options.endedRuns.watch(workspaceId, runId, waitMs, hungUp);
    try {
      if (!this.#options.isHeld(workspaceId, runId)) {
        const state = await this.#reads.add(asked);
        if (state === null || hasEnded(state)) return state;
      }
      return (await watch.ended) ?? (await this.#reads.add(asked));
    } finally {
      watch.stop();
    }
  }
}
