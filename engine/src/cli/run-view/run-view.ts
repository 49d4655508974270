import type { RunStatus } from "../../domain/run-status.ts";

/** What a person wants to see of a run, whichever answer of the API it was read from. Instants are ms since 1970. */
export interface RunView {
  readonly id: string;
  readonly functionId: string;
  readonly status: RunStatus;
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
  /** The run that started it. */
  readonly parentId: string | null;
  /** The run that it goes over again, and how many of its results it began with. */
  readonly origin: { readonly id: string; readonly kept: number } | null;
  /** Those that were made of it. */
  readonly reruns: readonly { readonly id: string; readonly status: RunStatus }[];
  /** The run of its function's onFailure. */
  readonly failureHandler: ChildView | null;
  /** In the order in which they were found; all that the engine has recorded. */
  readonly steps: readonly StepView[];
  /** As received, JSON text; only of a completed run. */
  readonly output: string | null;
  /** What it last said of itself, JSON text. */
  readonly state: string | null;
  /** Why it failed or is paused. */
  readonly failure: string | null;
  /** The next call of the app, when the last one failed as a whole: no answer, or an error outside of any step. */
  readonly retry: { readonly dueAtMs: number; readonly failure: string } | null;
  /** Its job waits for the app as a whole, which is down, or busy. */
  readonly frozen: FrozenView | null;
  readonly detours: readonly DetourView[];
  readonly late: readonly LateView[];
}

/** What came of an attempt when nobody waited for it any more. */
export interface LateView {
  /** Of its step. */
  readonly name: string;
  readonly attempt: number;
  readonly failure: string | null;
  /** JSON text. */
  readonly value: string | null;
}

/** Where its code left the recorded path. */
export interface DetourView {
  /** Name of the recorded step that it left out. */
  readonly left: string;
  readonly began: string | null;
  /** In the app's code. */
  readonly place: string | null;
  readonly isCertain: boolean;
}

export interface FrozenView {
  readonly isDown: boolean;
  readonly sinceMs: number;
  readonly runCount: number;
  readonly probeAtMs: number;
  readonly failure: string;
}

export interface StepView {
  readonly id: string;
  readonly name: string;
  readonly op: string;
  readonly status: StepStatus;
  /** Of the last try, from 1. */
  readonly attempt: number;
  /** End of a sleep, timeout of a wait, next try of a step. */
  readonly dueAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly settledAtMs: number | null;
  /** Duration of the app's code in the last try. */
  readonly appMs: number | null;
  /** The last failed try's message. */
  readonly failure: string | null;
  /** What its code says while it runs. */
  readonly beat: BeatView | null;
  /** The name of the event a wait is for, when known. */
  readonly event: string | null;
  /** A wait that was resolved by its event (true) or ended by its timeout (false). */
  readonly isResolved: boolean | null;
  /** The case that a branch took. */
  readonly taken: string | null;
  /** The run that it started. */
  readonly child: ChildView | null;
  /** What a person is asked, or was. */
  readonly input: InputView | null;
}

export interface BeatView {
  readonly said: string;
  readonly atMs: number;
}

export interface InputView {
  readonly id: string;
  readonly kind: "approval" | "input";
  readonly assignee: string | null;
  readonly answeredBy: string | null;
  /** Of an approval that was decided. */
  readonly isApproved: boolean | null;
}

export interface ChildView {
  readonly id: string;
  readonly functionId: string;
  readonly status: RunStatus;
}

export type StepStatus = "ok" | "err" | "pending" | "retrying" | "cancelled";

export const ENDED: ReadonlySet<RunStatus> = new Set(["completed", "failed", "cancelled"]);

export function hasEnded(run: { readonly status: RunStatus }): boolean {
  return ENDED.has(run.status);
}
