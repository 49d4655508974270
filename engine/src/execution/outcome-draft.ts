import type { Failure } from "@durable/protocol/wire";
import type { AttemptEntry, Effect, Outcome, OutcomeKind, SentEvent, StepEntry } from "../domain/outcome.ts";
import { isSettled } from "../domain/outcome.ts";

export type Pausing = Pick<Failure, "name" | "message">;

/** An outcome while its ops are read, one after the other. */
export class OutcomeDraft {
  readonly steps: StepEntry[] = [];
  readonly sends: SentEvent[] = [];
  readonly attempts: AttemptEntry[] = [];
  readonly effects: Effect[] = [];
  /** Why the run pauses when all its ops are written: a step has no result, and a person may give it another attempt. */
  pausedBy: Pausing | null = null;

  get settledCount(): number {
    return this.steps.filter(isSettled).length;
  }

  /** An answer that says something usable resets both counters; progress is what they count the lack of. */
  progress(kind: OutcomeKind): Outcome {
    return this.finish(kind, { runAttempt: 0, transportAttempt: 0 });
  }

  /** The run needs a person, and keeps what the answer brought. */
  paused({ name, message }: Pausing): Outcome {
    const result = JSON.stringify({ name, message });
    return this.finish("paused", { result, runAttempt: 0, transportAttempt: 0 });
  }

  finish(
    kind: OutcomeKind,
    rest: { runAttempt: number; transportAttempt: number } & Partial<
      Pick<Outcome, "result" | "unclaimed" | "retryMs">
    >,
  ): Outcome {
    const { steps, sends, attempts, effects } = this;
    return {
      result: null,
      unclaimed: null,
      retryMs: null,
      ...rest,
      kind,
      steps,
      sends,
      attempts,
      effects,
    };
  }
}

/** A pause throws away what the answer brought: nothing of an answer that cannot be believed is written. */
export function pause(name: string, message: string): Outcome {
  return new OutcomeDraft().finish("paused", {
    result: JSON.stringify({ name, message }),
    runAttempt: 0,
    transportAttempt: 0,
  });
}

/** Why a run pauses whose policy says that a person is asked after the last attempt. */
export function exhausted(what: string, attempt: number, { name, message }: Failure): Pausing {
  const tries = attempt === 1 ? "its only attempt" : `all of its ${attempt} attempts`;
  return {
    name: "Exhausted",
    message: `paused: ${what} failed in ${tries}, the last time with ${name}: ${sentenceOf(message)} Mend the cause, then resume: it gets fresh attempts and all recorded results are kept.`,
  };
}

/** Another attempt would bring the same, and an end would throw away what is recorded: a person changes the code. */
export function isTooLarge({ code }: Failure): boolean {
  return code === "value-too-large";
}

export function tooLarge(again: string, { message }: Failure): Pausing {
  return {
    name: "ValueTooLargeError",
    message: `paused: ${sentenceOf(message)} Deploy code that does, then resume: ${again} runs again, and all recorded results are kept.`,
  };
}

/** Code and journal tell different stories, and the journal is right: a person brings the code back to it. */
export function disagreement(message: string): Outcome {
  return pause(
    "NondeterminismError",
    `paused: ${message} Nothing of this answer was recorded. Deploy code that takes the recorded path (keep the old name for what is recorded, give new steps new names), then resume: all recorded results are kept.`,
  );
}

/** What somebody else wrote, as the end of a sentence of ours. */
export function sentenceOf(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
