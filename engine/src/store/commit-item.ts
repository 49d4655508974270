import type { Outcome } from "../domain/outcome.ts";
import type { DispatchTimes } from "./dispatch-times.ts";
import type { EventRows } from "./event-rows.ts";

/** One run's outcome on its way to disk. At most one per run is in a group. */
export interface CommitItem {
  readonly workspaceId: number;
  readonly runId: string;
  /** The fence we hold, and the one that replaces it in this commit. */
  readonly fence: string;
  readonly nextFence: string;
  /** The journal's head as the holder last saw it. */
  readonly knownSeq: number;
  /** Timers or waits may exist and must go when the run ends. */
  readonly mayHavePending: boolean;
  /** Surely none of its steps has an entry yet. */
  readonly areStepsNew: boolean;
  readonly outcome: Outcome;
  /** Of the dispatch that brought the outcome. */
  readonly times: DispatchTimes;
  /** Rows for the events it sends, matched already. */
  readonly events: EventRows | null;
}

export type CommitState =
  | "applied"
  /** Applied, and somebody wants the run to pause or to move as soon as its app has answered. */
  | "wanted"
  | "already"
  | "paused"
  | "moved"
  | "lost"
  | "stale";

export interface CommitResult {
  readonly state: CommitState;
  /** The journal's head after the commit. Beyond what the holder knows plus what it settled: fetch the gap. */
  readonly journalSeq: number;
}

/** Steps of no branch, and nothing else. */
export function isPlainItem({ outcome, events }: CommitItem): boolean {
  return (
    outcome.attempts.length === 0 &&
    outcome.effects.length === 0 &&
    outcome.steps.every((step) => step.scope === undefined) &&
    events === null
  );
}
