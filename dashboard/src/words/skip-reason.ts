import type { AnswerOf } from "@durable/engine/api";
import type { Tone } from "./run-status.ts";

export type Skip = AnswerOf<"listSkips">["skips"][number];

interface Face {
  /** What became of the event for this function. */
  readonly label: string;
  readonly tone: Tone;
  /** The rule that decided, in general; `detail` of the skip says it of this event. */
  readonly rule: string;
  /** A person can make a run of it. */
  readonly isRunnable: boolean;
}

/** A new reason does not compile until it has words. */
export const SKIP_REASON: Readonly<Record<Skip["reason"], Face>> = {
  filtered: {
    label: "Filtered out",
    tone: "gone",
    rule: "No condition of its triggers holds for this event.",
    isRunnable: true,
  },
  schema: {
    label: "Does not fit",
    tone: "bad",
    rule: "The data does not fit the function's input.",
    isRunnable: true,
  },
  expression: {
    label: "Could not be judged",
    tone: "bad",
    rule: "A condition of its triggers could not be evaluated for this event.",
    isRunnable: true,
  },
  "cancel-on": {
    label: "Could not cancel",
    tone: "bad",
    rule: "Its cancelOn could not be applied to a run.",
    isRunnable: false,
  },
  limit: {
    label: "No key for a limit",
    tone: "bad",
    rule: "The key of one of its limits, its priority or its fairness could not be told for this event.",
    isRunnable: true,
  },
  duplicate: {
    label: "Duplicate",
    tone: "gone",
    rule: "Its idempotency key has started a run before.",
    isRunnable: true,
  },
  "rate-limited": {
    label: "Rate limited",
    tone: "held",
    rule: "So many starts as are allowed had been.",
    isRunnable: true,
  },
  debounced: {
    label: "Debounced",
    tone: "calm",
    rule: "It went into a run that waits until it is quiet.",
    isRunnable: true,
  },
  batched: {
    label: "Batched",
    tone: "calm",
    rule: "It went into a run that collects events.",
    isRunnable: true,
  },
  singleton: { label: "Singleton", tone: "held", rule: "Another run had not ended.", isRunnable: true },
  paused: {
    label: "Paused",
    tone: "held",
    rule: "The function was paused, and held as much as it may.",
    isRunnable: true,
  },
  overlap: {
    label: "Overlap",
    tone: "gone",
    rule: "A run of the schedule was under way.",
    isRunnable: true,
  },
  missed: {
    label: "Missed",
    tone: "bad",
    rule: "These ticks came when no engine could start them.",
    isRunnable: false,
  },
};
