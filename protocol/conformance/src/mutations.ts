// The same run in another way: what comes out must be the same. Driven cases are played again under each.

import type { Capability } from "@durable/protocol/wire";
import type { Level } from "./case.ts";

export interface Mutation {
  /** In the id of a result: `L0-loop@twice`. */
  readonly name: "one-step" | "refs" | "pages" | "open" | "twice" | "dropped" | "crowd";
  readonly says: string;
  readonly level: Level;
  /** Without one of these it would be the same again. */
  readonly needs?: readonly Capability[];
  /** Bodies whose results are not recorded may run again. */
  readonly mayRunAgain?: true;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: "one-step",
    says: "nothing is offered and the budget is one turn: one step per request",
    level: 1,
    needs: ["batch", "checkpoint", "warm", "stream"],
  },
  { name: "refs", says: "every value comes by reference, the event's data too", level: 1, needs: ["refs"] },
  { name: "pages", says: "the memo comes in pages of one entry", level: 1, needs: ["pages"] },
  {
    name: "open",
    says: "requests stay open, and every fourth of their bodies' lines is their end",
    level: 2,
    needs: ["stream"],
  },
  { name: "twice", says: "every request arrives twice, at once", level: 0, mayRunAgain: true },
  { name: "dropped", says: "every third answer is lost on the way", level: 0, mayRunAgain: true },
  { name: "crowd", says: "five runs of it go on at once", level: 0 },
];

export function applies({ needs }: Mutation, capabilities: readonly string[]): boolean {
  return needs === undefined || needs.some((name) => capabilities.includes(name));
}
