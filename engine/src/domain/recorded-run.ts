// What is kept of a run, as far as it says when something happened. Instants are milliseconds since 1970, by the
// database's clock; step ids are 32 hex digits.
import type { BeginCause } from "./begin.ts";
import type { StepStatus } from "./outcome.ts";
import type { LimitNamed } from "./phase.ts";
import type { RunStatus } from "./run-status.ts";

/** When a dispatch reached its stations. */
export interface RecordedTimes {
  readonly scheduledMs: number | null;
  readonly leasedMs: number | null;
  readonly sentMs: number | null;
  readonly firstByteMs: number | null;
  readonly receivedMs: number | null;
  /** A duration: inside the app, by its own monotonic clock. */
  readonly appMs: number | null;
  /** Its fence; null of what came by no dispatch. */
  readonly dispatch: string | null;
}

/** An entry of the journal, settled or not. Its times are those of the dispatch that brought it. */
export interface RecordedEntry extends RecordedTimes {
  readonly id: string;
  readonly scope: string | null;
  readonly op: string;
  readonly name: string;
  readonly n: number;
  readonly status: StepStatus;
  readonly seq: number | null;
  readonly attempt: number;
  readonly dueMs: number | null;
  readonly committedMs: number;
  readonly settledMs: number | null;
  /** The event that resolved a wait. */
  readonly eventId: string | null;
  /** The run that it started. */
  readonly childId: string | null;
  /** Its app, where it is another one. */
  readonly childApp: string | null;
  /** The person who answered what it asks. */
  readonly answeredBy: string | null;
}

/** Ops whose code runs in attempts: in the app, or by the engine. */
export const BODIES: ReadonlySet<string> = new Set(["run", "compensate", "fetch"]);

/** Ops that the app only asks for, by what they are open for. */
export const OPEN_FOR: Readonly<Record<string, "sleep" | "wait" | "child">> = {
  sleep: "sleep",
  wait: "wait",
  signal: "wait",
  input: "wait",
  approval: "wait",
  invoke: "child",
};

export const ATTEMPT_OUTCOMES = ["ok", "failed", "transport", "protocol", "late", "lost", "turn"] as const;

/** A try of a step, or with `stepId` null a dispatch of the run that left no entry of its own. */
export interface RecordedAttempt extends RecordedTimes {
  readonly id: string;
  readonly stepId: string | null;
  readonly attempt: number;
  readonly outcome: (typeof ATTEMPT_OUTCOMES)[number];
  readonly committedMs: number;
}

/** A job stood at a limit. `stepId` null: the run's own. */
export interface RecordedLimitWait {
  readonly stepId: string | null;
  /** Since its job was ready: before it came to this limit it may have stood at others. */
  readonly sinceMs: number;
  /** Null while it stands there. */
  readonly untilMs: number | null;
  readonly limit: LimitNamed;
}

/** What a person did to the run. */
export interface RecordedAction {
  readonly atMs: number;
  /** `run.pause`, `run.resume`, `run.cancel`, ... */
  readonly action: string;
  readonly actor: string;
  readonly reason: string | null;
}

/** Why there is a run. */
export interface RecordedCause {
  /** As its sender knows it. */
  readonly event: { readonly id: string; readonly name: string };
  readonly parent: { readonly run: string; readonly kind: "invoke" | "spawn" | "on-failure" } | null;
}

export interface RecordedRun {
  readonly id: string;
  readonly functionId: string;
  readonly status: RunStatus;
  readonly cause: RecordedCause;
  /** What the event of its cause came with: the trace that it is part of. */
  readonly traceparent: string | null;
  readonly createdMs: number;
  readonly begin: { readonly atMs: number; readonly cause: BeginCause | null } | null;
  readonly endedMs: number | null;
  /** When this was read. */
  readonly nowMs: number;
  /** Since when its own job is ready, while it is queued. */
  readonly readyMs: number | null;
  /** The dispatch that ended it. */
  readonly last: RecordedTimes | null;
  readonly entries: readonly RecordedEntry[];
  readonly attempts: readonly RecordedAttempt[];
  readonly limitWaits: readonly RecordedLimitWait[];
  readonly actions: readonly RecordedAction[];
}
