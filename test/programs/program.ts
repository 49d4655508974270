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
    }
  | { readonly do: "sleep"; readonly name: string; readonly ms: number }
  /** Waits for its own event, which comes at once, later, or never. */
  | { readonly do: "wait"; readonly name: string; readonly comes: "early" | "late" | "never" }
  /** Starts a run of the function `receiver`. */
  | { readonly do: "send"; readonly name: string }
  /** A child run; its only step fails so often. */
  | { readonly do: "invoke"; readonly name: string; readonly fails: number }
  /** All at once, each to its end, failed or not. */
  | { readonly do: "all"; readonly branches: readonly Block[] }
  /** The same names again and again. */
  | { readonly do: "loop"; readonly times: number; readonly body: Block }
  | { readonly do: "try"; readonly body: Block; readonly otherwise: Block }
  /** Recorded, by the value so far. */
  | { readonly do: "branch"; readonly name: string; readonly even: Block; readonly odd: Block }
  /** Not recorded: the handler decides anew at every replay. */
  | { readonly do: "if"; readonly even: Block; readonly odd: Block }
  | { readonly do: "throw" }
  | { readonly do: "return" };

export type Block = readonly Statement[];

export interface Program {
  readonly body: Block;
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
