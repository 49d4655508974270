// A program: what one run shall do, as JSON. The fixture function interprets it with the real SDK (`interpret.ts`),
// the reference interpreter says in memory what must come of it (`reference.ts`).
//
// Values flow: every statement folds its result into a number, which later steps return and branches look at. So a
// result that is lost, doubled or mixed up changes everything after it.

export type Statement =
  /** A step; its first `fails` attempts throw. With `final` the error cannot be retried. */
  | {
      readonly do: "step";
      readonly name: string;
      readonly fails: number;
      readonly final?: boolean;
      /** It is undone when the run fails. */
      readonly undo?: boolean;
      /** How it is tried again; the function's policy unless told. */
      readonly retry?: RetryKind;
      /** Every attempt writes a line to its log and says that it lives. */
      readonly says?: boolean;
    }
  /** A step that runs at most once: what it throws is caught, and so is that nobody knows how it went. */
  | { readonly do: "once"; readonly name: string; readonly throws: boolean; readonly undo?: boolean }
  | { readonly do: "sleep"; readonly name: string; readonly ms: number }
  /** Until an instant so far ahead; below 0 it is past. */
  | { readonly do: "sleepUntil"; readonly name: string; readonly ms: number }
  /** Waits for its own event, which comes at once, later, or never. */
  | { readonly do: "wait"; readonly name: string; readonly comes: "early" | "late" | "never" }
  /** Waits for the first of several events; only this one comes, or none before the timeout. */
  | { readonly do: "waitAny"; readonly name: string; readonly of: number; readonly comes: number | null }
  /** Waits for all of them; one may be missing until the timeout. */
  | { readonly do: "waitAll"; readonly name: string; readonly of: number; readonly isMissing: boolean }
  | { readonly do: "signal"; readonly name: string; readonly comes: "early" | "late" | "never" }
  /** Makes a token and waits for whoever completes it. */
  | { readonly do: "token"; readonly name: string; readonly comes: "early" | "late" | "never" }
  /** Asks a person. */
  | { readonly do: "ask"; readonly name: string; readonly answer: AnswerKind }
  /** A call that the engine makes; so many get no answer. */
  | { readonly do: "fetch"; readonly name: string; readonly fails: number }
  /** What the run says of itself: the value so far. */
  | { readonly do: "state" }
  /** Starts a child and does not wait for it. */
  | { readonly do: "spawn"; readonly name: string }
  /** Starts a run of the function `receiver`. */
  | { readonly do: "send"; readonly name: string }
  /** A child run; its only step fails so often. */
  | { readonly do: "invoke"; readonly name: string; readonly fails: number }
  /** All at once, each to its end, failed or not. */
  | { readonly do: "all"; readonly branches: readonly Block[] }
  /** `Promise.race` or `Promise.any` of a block and a sleep that never ends. */
  | { readonly do: "promise"; readonly name: string; readonly of: "race" | "any"; readonly body: Block }
  /** Branches of the SDK's own, of which chance decides nothing: those in `never` do not end. */
  | {
      readonly do: "join";
      readonly name: string;
      readonly kind: JoinKind;
      readonly fanOut: boolean;
      readonly branches: readonly Block[];
      readonly never: readonly NeverKind[];
    }
  /** `step.forEach`, each item to its end, failed or not. */
  | {
      readonly do: "each";
      readonly name: string;
      readonly items: number;
      readonly concurrency: number;
      readonly body: Block;
    }
  /** The same names again and again. */
  | { readonly do: "loop"; readonly times: number; readonly body: Block }
  | { readonly do: "try"; readonly body: Block; readonly otherwise: Block }
  /** Recorded, by the value so far. */
  | { readonly do: "branch"; readonly name: string; readonly even: Block; readonly odd: Block }
  /** Not recorded: the handler decides anew at every replay. */
  | { readonly do: "if"; readonly even: Block; readonly odd: Block }
  | { readonly do: "throw" }
  | { readonly do: "return" };

/** With the number of attempts that each allows. */
export const ATTEMPTS = {
  table: 3,
  linear: 2,
  decide: 2,
  /** The name of what a step throws, and another one. */
  retryOn: 3,
  retryOnAnother: 1,
  stopOn: 1,
  stopOnAnother: 3,
  slow: 3,
  /** It has to say that it lives. */
  watched: 3,
} as const;
export type RetryKind = keyof typeof ATTEMPTS;

/**
 * - `all`: all of them, each caught.
 * - `race`: of the one branch that ends; its error is the error.
 * - `first`: of the one branch that succeeds.
 * - `some`: as many as end.
 * - `quorum`: all that end fail, and one more than the others would be needed.
 */
export const JOIN_KINDS = ["all", "race", "first", "some", "quorum"] as const;
export type JoinKind = (typeof JOIN_KINDS)[number];

/** How a branch does not end: a sleep, a wait, a child that sleeps, a step between two attempts. */
export const NEVER_KINDS = ["sleep", "wait", "child", "retry"] as const;
export type NeverKind = (typeof NEVER_KINDS)[number];

/**
 * - `given`: what is asked for.
 * - `corrected`: first something that does not fit, then what is asked for, then once more by somebody else.
 * - `approved`, `rejected`: the decision, where that is asked for.
 * - `never`: nobody answers in time.
 */
export const ANSWER_KINDS = ["given", "corrected", "approved", "rejected", "never"] as const;
export type AnswerKind = (typeof ANSWER_KINDS)[number];

/** Who answers what is asked. */
export const PERSON = "ann";

export type Block = readonly Statement[];

export interface Program {
  readonly body: Block;
  /** Somebody cancels the run so many milliseconds after its start, if it has not ended. */
  readonly cancelMs?: number;
}

/** Attempts of a step; the same for all, so that the reference knows it. */
export const ATTEMPTS_MAX = 3;

/** The event that `wait` statements wait for; which one by its key. */
export const WAITED_EVENT = "program.told";
export const SENT_EVENT = "program.sent";

/** A small mixing function: order and every bit of what it is given count. */
export function fold(value: number, what: string | number): number {
  let mixed = value;
  for (const character of String(what))
    mixed = (Math.imul(mixed ^ character.charCodeAt(0), 0x01000193) >>> 0) % 1_000_003;
  return mixed;
}

export const START = 17;

/** What the event of a wait is told apart by. The value so far makes it another one at every turn of a loop. */
export function waitKey(program: string, name: string, value: number): string {
  return `${program}/${name}/${value}`;
}
