// Every run here has a memo of 120 entries when the kit comes in: sending it again costs more than a checkpoint.

import type { CallbackReply, Case, ScriptedCase } from "../../case.ts";
import type { Pattern } from "../../match.ts";
import { idOf, LONG, LONG_LOOP, LONG_MEMO, ran } from "../words.ts";
import { checkpoint } from "./checkpoint.ts";

const needs = ["checkpoint"] as const;
const offers = ["checkpoint"] as const;

const steps = [
  LONG_LOOP,
  { do: "run", name: "a", returns: 1 },
  { do: "run", name: "b", returns: 2 },
  { do: "run", name: "c", returns: 3 },
  { do: "return", value: "$last" },
] as const;

/** The engine's answer: this step is recorded, and nothing else has settled. */
function taken(seq: number, name: string, more: object = {}): CallbackReply {
  const memo = [{ id: idOf(name), op: "run", st: "ok" }];
  return { json: { seq, known: LONG + seq, memo, yield: false, ...more } };
}

function told(seq: number, known = LONG + seq) {
  return { checkpoint: { seq, known } };
}

/** The second checkpoint does not go as it should. */
function second(id: string, says: string, replies: CallbackReply, answers: Pattern): ScriptedCase {
  return {
    id,
    level: 2,
    needs,
    says,
    program: steps,
    exchanges: [{ memo: LONG_MEMO, offers, answers, ran: { a: 1, b: 1 }, callbacks: 2 }],
    callbacks: [
      checkpoint(1, LONG, [ran("a", 1)], taken(1, "a")),
      checkpoint(2, LONG + 1, [ran("b", 2)], replies),
    ],
  };
}

export const checkpoints: readonly Case[] = [
  {
    id: "L2-checkpoint",
    level: 2,
    needs,
    says: "With a long memo the app reports while its handler goes on: numbered from 1, with what it knows, and a step does not begin before the one before it is recorded.",
    program: steps,
    exchanges: [
      {
        memo: LONG_MEMO,
        offers,
        answers: { status: "done", output: 3, ...told(3) },
        ran: { a: 1, b: 1, c: 1 },
        callbacks: 3,
      },
    ],
    callbacks: [
      checkpoint(1, LONG, [ran("a", 1)], { ...(taken(1, "a") as { json: unknown }), afterMs: 60 }, { a: 1 }),
      checkpoint(
        2,
        LONG + 1,
        [ran("b", 2)],
        { ...(taken(2, "b") as { json: unknown }), afterMs: 60 },
        { a: 1, b: 1 },
      ),
      checkpoint(3, LONG + 2, [ran("c", 3)], taken(3, "c")),
    ],
  },
  {
    id: "L2-checkpoint-not-offered",
    level: 2,
    needs,
    says: "An engine that does not offer checkpoints gets none.",
    program: steps,
    exchanges: [
      {
        memo: LONG_MEMO,
        answers: { status: "continue", ops: [ran("a", 1)], checkpoint: { $absent: true } },
        ran: { a: 1 },
        callbacks: 0,
      },
    ],
  },
  {
    id: "L2-checkpoint-lost",
    level: 2,
    needs,
    says: "What brought no answer is sent again as it was, under its number; no body runs again for that.",
    program: steps,
    exchanges: [
      {
        memo: LONG_MEMO,
        offers,
        answers: { status: "done", output: 3, ...told(3) },
        ran: { a: 1, b: 1, c: 1 },
        callbacks: 4,
      },
    ],
    callbacks: [
      checkpoint(1, LONG, [ran("a", 1)], taken(1, "a")),
      {
        what: "checkpoint",
        asks: { seq: 2, known: LONG + 1, ops: { $bind: "ops" } },
        replies: { silence: true },
      },
      {
        what: "checkpoint",
        asks: { seq: 2, known: LONG + 1, ops: { $bound: "ops" } },
        replies: taken(2, "b"),
      },
      checkpoint(3, LONG + 2, [ran("c", 3)], taken(3, "c")),
    ],
  },
  second(
    "L2-checkpoint-stale",
    "409 stale-fence: the handler stops at once, and the answer is `abandoned`.",
    { status: 409, code: "stale-fence" },
    { status: "abandoned" },
  ),
  second(
    "L2-checkpoint-ended",
    "410 run-ended: the same.",
    { status: 410, code: "run-ended" },
    { status: "abandoned" },
  ),
  {
    id: "L2-checkpoint-stale-at-once",
    level: 2,
    needs,
    says: "The first one may be told so already.",
    program: steps,
    exchanges: [{ memo: LONG_MEMO, offers, answers: { status: "abandoned" }, ran: { a: 1 }, callbacks: 1 }],
    callbacks: [checkpoint(1, LONG, [ran("a", 1)], { status: 409, code: "stale-fence" })],
  },
  second(
    "L2-checkpoint-refused",
    "Any other refusal: no more of them, and the answer carries what is not known to be recorded.",
    { status: 422, code: "not-today" },
    { status: "continue", ops: [ran("b", 2)], ...told(2, LONG + 1) },
  ),
  {
    id: "L2-checkpoint-yield",
    level: 2,
    needs,
    says: "`yield`: no new step is started, and the app answers: the engine wants the lease back.",
    program: steps,
    exchanges: [
      {
        memo: LONG_MEMO,
        offers,
        answers: { status: "continue", ops: [], ...told(1) },
        ran: { a: 1 },
        callbacks: 1,
      },
    ],
    callbacks: [checkpoint(1, LONG, [ran("a", 1)], taken(1, "a", { yield: true }))],
  },
  {
    id: "L2-checkpoint-budget",
    level: 2,
    needs,
    says: "Nor after `budget.ms`: then `more` says that there is more to do at once.",
    program: [
      LONG_LOOP,
      { do: "run", name: "a", returns: 1, delay_ms: 900 },
      { do: "run", name: "b", returns: 2 },
    ],
    exchanges: [
      {
        memo: LONG_MEMO,
        offers,
        budget: { ms: 600, steps: 1 },
        answers: { status: "continue", more: true },
        ran: { a: 1 },
      },
    ],
    // It may answer with the result, or report it and answer then.
    callbacks: [checkpoint(1, LONG, [ran("a", 1)], taken(1, "a"))],
  },
  {
    id: "L2-checkpoint-brings",
    level: 2,
    needs: ["checkpoint", "parallel"],
    says: "What settled meanwhile comes with the answer to a checkpoint, and is handed out as if it had stood in the memo.",
    program: [
      LONG_LOOP,
      {
        do: "parallel",
        branches: [
          [
            { do: "sleep", name: "nap", ms: 0 },
            { do: "run", name: "after nap", returns: 1 },
          ],
          [{ do: "send", name: "tell", events: [{ name: "told" }] }],
        ],
      },
      { do: "return", value: "$last" },
    ],
    begun: LONG,
    ends: { status: "completed", output: [[null, 1], [null]] },
    isMutated: false,
    ran: { "after nap": 1 },
  },
  {
    id: "L2-checkpoint-retry",
    level: 2,
    needs,
    says: "A step that failed is not in the answer: it is tried again later, with its own number, and its neighbours are not.",
    program: [
      LONG_LOOP,
      { do: "run", name: "before it", returns: 1 },
      { do: "run", name: "a", throws: { message: "not yet" }, fails: 2, returns: "$attempt" },
      { do: "run", name: "b", returns: "$attempt" },
      { do: "return", value: "$last" },
    ],
    begun: LONG,
    ends: { status: "completed", output: 1 },
    isMutated: false,
    ran: { "before it": 1, a: 3, b: 1 },
    steps: { "before it": 1, a: 1, b: 1 },
  },
  {
    id: "L2-checkpoint-every-kind",
    level: 2,
    needs,
    says: "A long run of every kind of step comes to its end, whatever is reported when.",
    program: [
      LONG_LOOP,
      { do: "run", name: "a", returns: 1 },
      { do: "sleep", name: "nap", ms: 5 },
      { do: "run", name: "b", throws: { name: "CardError", message: "declined", retry: false }, catch: true },
      { do: "send", name: "tell", events: [{ name: "told", data: { x: 1 } }] },
      { do: "invoke", name: "child", fn: "other", data: 1 },
      { do: "run", name: "c", returns: { last: [] } },
      { do: "return", value: "$last" },
    ],
    begun: LONG,
    world: { children: { child: { v: "grown" } } },
    ends: { status: "completed", output: { last: [] } },
    ran: { a: 1, b: 1, c: 1 },
  },
];
