import type { FunctionEntry, WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { RunHead } from "../store/journals.ts";
import type { Memo } from "./memo.ts";

/** A run whose lease this process holds: what it needs to dispatch, kept in memory as long as the lease. */
export interface HeldRun {
  readonly workspaceId: number;
  readonly head: RunHead;
  /** Names the lease; replaced by every commit. */
  fence: string;
  memo: Memo;
  /** The journal's head as loaded or committed by us. */
  knownSeq: number;
  /** Timers or waits may exist that must go when it ends. */
  mayHavePending: boolean;
  runAttempt: number;
  transportAttempt: number;
  /** Monotonic. When it could have been dispatched: its job became ready, or the commit before. */
  scheduledAtMs: number;
  /** Monotonic. When this lease was taken: a run must not hold it for ever while others are ready. */
  readonly leasedAtMs: number;
}

/** What a run's dispatch goes to. The function is missing when the last sync no longer named it. */
export interface Target {
  readonly workspace: WorkspaceEntry;
  readonly fn: FunctionEntry | null;
}
