// What the engine decides from an answer. Decide makes it, commit writes it; nothing in between looks inside.
import type { NewEvent } from "./new-event.ts";

/** What happens to the lease and the run. */
export type OutcomeKind =
  | "continue" // keep the lease and dispatch again
  | "wait" // let go: a timer, a wait or a retry will wake it
  | "requeue" // let go, but there is more to do at once
  | "completed"
  | "failed"
  | "cancelled" // only after its steps were undone: without any, cancel itself ends the run
  | "paused"; // needs a person; `result` says why

export interface Outcome {
  readonly kind: OutcomeKind;
  /** Output of a completed run, failure of a failed or paused one; JSON text. */
  readonly result: string | null;
  /** Settled results nobody asked for, when the run ended. */
  readonly unclaimed: number | null;
  readonly steps: readonly StepEntry[];
  readonly sends: readonly SentEvent[];
  readonly attempts: readonly AttemptEntry[];
  readonly effects: readonly Effect[];
  /** Failed attempts of the function body since the last progress. */
  readonly runAttempt: number;
  /** Dispatches without a usable answer since the last one with. */
  readonly transportAttempt: number;
  /** Continue the run after this pause, whatever its steps do. */
  readonly retryMs: number | null;
}

export type StepStatus = "ok" | "err" | "pending" | "retrying" | "cancelled";

/** What is kept of a step, whoever looks at it. */
export interface StepContent {
  readonly op: string;
  readonly name: string;
  readonly n: number;
  readonly status: StepStatus;
  /** JSON text as received; null for an undefined result. */
  readonly value: string | null;
  readonly failure: string | null;
  readonly attempt: number;
}

/** An entry as it shall stand in the journal. Settled when `ok` or `err`. */
export interface StepEntry extends StepContent {
  readonly id: string;
  /** 32 hex digits: the branch or group it stands in. None is the handler itself. */
  readonly scope?: string | undefined;
  /** End of a sleep, timeout of a wait, next attempt: from the commit on, or as an instant. */
  readonly dueMs: number | null;
  readonly dueAtEpochMs: number | null;
}

export interface SentEvent extends NewEvent {
  readonly eventId: string;
  /** It starts a child in another app, by this step. The app may have changed its mind when it is committed. */
  readonly across?: { readonly workspaceId: number; readonly stepId: string };
}

export interface AttemptEntry {
  /** 32 hex digits, or null for the run itself. */
  readonly stepId: string | null;
  readonly attempt: number;
  /** `turn`: a dispatch of the run that left nothing else. */
  readonly outcome: "ok" | "failed" | "transport" | "protocol" | "turn";
  readonly failure: string | null;
}

/** What else a commit causes: one kind, one `durable.effect_<kind>`. */
export interface Effect {
  readonly kind: EffectKind;
  /** 32 hex digits, or null for the run itself. */
  readonly stepId: string | null;
  /** JSON text, as the kind reads it. */
  readonly data: string;
}

export type EffectKind =
  | "deployment" // another deployment of the app than before ran what follows
  | "detour" // code left out what is recorded and began something else
  | "log" // what the code of a step said in one attempt
  | "checkpoint" // the outcome is one of a dispatch that goes on
  | "state" // the run says where it is
  | "skip" // an event it sends does not start a function that it names
  | "cancel" // the entry lost a race: whatever it waits for goes with it
  | "fold" // entries become part of a group, and leave the memo
  | "child" // the run has a child; its event is among those that are sent
  | "task" // the entry gets a lease and a dispatch of its own
  | "wait" // the entry is settled by events
  | "input" // the entry is settled by a person
  | "compensable" // the step can be undone
  | "undone" // the step was
  | "timeout" // a run that one of its events starts must have begun, or ended, by then
  | "failing"; // the run has failed, for the reason in `data`, and begins to undo its steps

export function isSettled(entry: { readonly status: StepStatus }): boolean {
  return entry.status === "ok" || entry.status === "err";
}

/** Every kind lets go of the lease but `continue`. */
export const LETS_GO: Record<OutcomeKind, boolean> = {
  continue: false,
  wait: true,
  requeue: true,
  completed: true,
  failed: true,
  cancelled: true,
  paused: true,
};
