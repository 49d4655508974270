// Requests that stay open: what the app tells before it answers comes on them, and is answered on them.

import type { CallbackReply, Case, ScriptedCase } from "../../case.ts";
import type { Pattern } from "../../match.ts";
import { done, goesOn, idOf, ok, op, ran } from "../words.ts";
import { checkpoint } from "./checkpoint.ts";

const needs = ["stream"] as const;

const steps = [
  { do: "run", name: "a", returns: 1 },
  { do: "run", name: "b", returns: 2 },
  { do: "return", value: "$last" },
] as const;

function taken(seq: number, name: string, more: object = {}) {
  return { json: { seq, known: seq, memo: [{ id: idOf(name), op: "run", st: "ok" }], ...more } };
}

/** The first line is not answered as it should be. */
function first(id: string, says: string, replies: CallbackReply, answers: Pattern): ScriptedCase {
  return {
    id,
    level: 2,
    needs,
    says,
    program: steps,
    exchanges: [{ isOpen: true, answers, ran: { a: 1 }, callbacks: 1 }],
    callbacks: [checkpoint(1, 0, [ran("a", 1)], replies)],
  };
}

const stopped = { status: "abandoned" };

export const streams: readonly Case[] = [
  {
    id: "L2-open",
    level: 2,
    needs,
    says: "On a request that stays open the app tells each turn on a signed line, numbered from 1, and a step does not begin before the line before it is answered.",
    program: steps,
    exchanges: [
      {
        isOpen: true,
        answers: { ...(done(2) as object), checkpoint: { $absent: true } },
        ran: { a: 1, b: 1 },
        callbacks: 2,
      },
    ],
    callbacks: [
      checkpoint(1, 0, [ran("a", 1)], { ...taken(1, "a"), afterMs: 60 }, { a: 1 }),
      checkpoint(2, 1, [ran("b", 2)], taken(2, "b"), { a: 1, b: 1 }),
    ],
  },
  {
    id: "L2-open-memo",
    level: 2,
    needs,
    says: "The memo counts as on any request: what it has is not told again.",
    program: steps,
    exchanges: [{ isOpen: true, memo: [ok("a", 1)], answers: done(2), ran: { b: 1 }, callbacks: 1 }],
    callbacks: [
      {
        what: "checkpoint",
        asks: { seq: 1, known: 1, ops: [ran("b", 2)] },
        replies: { json: { seq: 1, known: 2, memo: [{ id: idOf("b"), op: "run", st: "ok" }] } },
      },
    ],
  },
  first(
    "L2-open-ends",
    "When the body ends instead of an answer, what was told is told with the answer, as if nothing had been.",
    { ends: true },
    goesOn(ran("a", 1)),
  ),
  first(
    "L2-open-yield",
    "When the engine wants the lease back, no new step begins, and the answer says that there is more.",
    taken(1, "a", { yield: true }),
    { status: "continue", ops: [], more: true },
  ),
  ...(["not at all", "with another secret", "for another"] as const).map((signed) =>
    first(
      `L2-open-signed-${signed.replaceAll(" ", "-")}`,
      `A line of the engine that is signed ${signed} is not believed: the app stops, and no step begins.`,
      { ...taken(1, "a"), signed },
      stopped,
    ),
  ),
  {
    id: "L2-open-whole",
    level: 2,
    needs,
    says: "Where the body has ended when the app sees it, it answers as on a request that was whole: on one line.",
    program: steps,
    exchanges: [{ isOpen: "whole", answers: goesOn(ran("a", 1)), ran: { a: 1 }, callbacks: 0 }],
  },
  {
    id: "L2-open-waits",
    level: 2,
    needs,
    says: "What only waits is no news to go on with: it comes with the answer.",
    program: [{ do: "sleep", name: "nap", ms: 60_000 }],
    exchanges: [{ isOpen: true, answers: goesOn(op("sleep", "nap", { ms: 60_000 })), callbacks: 0 }],
  },
  {
    id: "L2-open-ping",
    level: 2,
    needs,
    says: "A step that takes long does not keep the app silent, and nothing is told twice.",
    program: [
      { do: "run", name: "a", delay_ms: 700, returns: 1 },
      { do: "return", value: "$last" },
    ],
    exchanges: [{ isOpen: true, answers: done(1), ran: { a: 1 }, callbacks: 1 }],
    callbacks: [checkpoint(1, 0, [ran("a", 1)], taken(1, "a"))],
  },
];
