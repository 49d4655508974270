import type { Line } from "../endpoint/app-client.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { JournalEntry, RunHead } from "../store/journals.ts";
import type { LeaseGates } from "../store/leases.ts";
import type { Memo } from "./memo.ts";

/** What is told of a run after a commit. */
export interface CommittedRun {
  readonly workspaceId: number;
  readonly head: Pick<RunHead, "runId" | "depth">;
  readonly memo: Pick<Memo, "isPending">;
  /** What it last said of itself; told when it has ended. */
  readonly state: string | null;
}

/** What a lease of this process is for, and what its dispatch needs: kept in memory as long as the lease. */
export interface Held {
  readonly workspaceId: number;
  readonly head: RunHead;
  /** 32 hex digits, when the lease is for one step's task; null when it continues the run. */
  readonly stepId: string | null;
  /** Names the lease. */
  readonly fence: string;
  readonly memo: Memo;
  /** The deployment that ran its last step, as noted. */
  deployment: string | null;
  /** When nothing is heard of its dispatch for so long, the attempt is over; null while that is no reason. */
  readonly silenceMs: number | null;
  /** Failed attempts of the function body since the last progress; a task has none. */
  readonly runAttempt: number;
  /** The call of its app that is under way. */
  readonly line: Line;
  /** The lease is known to be gone: nothing is sent for it any more. */
  isGone: boolean;
  /** Monotonic. When it could have been dispatched: its job became ready, or the commit before. */
  readonly scheduledAtMs: number;
  /** Monotonic. When this lease was taken: a run must not hold it for ever while others are ready. */
  readonly leasedAtMs: number;
  /** What others may want of it. */
  readonly gates: LeaseGates;
}

/** A run whose lease this process holds. */
export interface HeldRun extends Held {
  readonly stepId: null;
  /** Replaced by every commit. */
  fence: string;
  memo: Memo;
  /** The journal's head as loaded or committed by us. */
  knownSeq: number;
  /** Timers, waits or tasks may exist that must go when it ends. */
  mayHavePending: boolean;
  /** What it last said of itself, as committed; JSON text. */
  state: string | null;
  runAttempt: number;
  transportAttempt: number;
  scheduledAtMs: number;
}

/** A step whose task this process holds. */
export interface HeldTask extends Held {
  readonly stepId: string;
  readonly step: JournalEntry;
  readonly transportAttempt: number;
}

/** What a run's dispatch goes to. The function is missing when the last sync no longer named it. */
export interface Target {
  readonly workspace: WorkspaceEntry;
  readonly fn: FunctionEntry | null;
}
