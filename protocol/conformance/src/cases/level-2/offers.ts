// What an engine offers beside checkpoints, and what a person may ask.

import { stepId } from "@durable/protocol/wire";
import type { Case } from "../../case.ts";
import { done, err, goesOn, idOf, ok, op, ran } from "../words.ts";

const budget = { ms: 25_000 };
const call = { id: "call_1", started_at: "2026-10-21T09:00:00.000Z" };
const asked = { type: "call", app: "conformance", fn: "conformance", call, budget };
const queried = {
  type: "query",
  app: "conformance",
  fn: "conformance",
  run: { id: "run_asked", started_at: "2026-10-21T09:00:00.000Z" },
  budget,
  engine: { environment: "dev", capabilities: [] },
};

/** What started a run that is asked. */
function eventOf(program: unknown) {
  return {
    id: "evt_asked",
    name: "conformance.run",
    time: "2026-10-21T09:00:00.000Z",
    data: { program, count_at: { $bound: "count_at" } },
  };
}

const telling = [
  { do: "answer", name: "progress", returns: "$results" },
  { do: "run", name: "a", returns: 1 },
  { do: "run", name: "b", returns: 2 },
] as const;

export const offers: readonly Case[] = [
  {
    id: "L2-claim",
    level: 2,
    says: "A step that runs at most once is answered as `start`, and its body runs when its task comes.",
    program: [
      { do: "once", name: "charge", returns: "ch_1" },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { offers: ["claim"], answers: goesOn(op("start", "charge")), ran: {} },
      {
        offers: ["claim"],
        task: { kind: "step", step: idOf("charge") },
        answers: goesOn(ran("charge", "ch_1")),
        ran: { charge: 1 },
      },
      { offers: ["claim"], memo: [ok("charge", "ch_1")], answers: done(["ch_1"]), ran: { charge: 1 } },
    ],
  },
  {
    id: "L2-claim-twice",
    level: 2,
    says: "Its task may arrive twice at once: the body is not called twice.",
    program: [{ do: "once", name: "charge", returns: "ch_1", delay_ms: 200 }],
    exchanges: [
      {
        offers: ["claim"],
        task: { kind: "step", step: idOf("charge") },
        isDoubled: true,
        answers: goesOn(ran("charge", "ch_1")),
        ran: { charge: 1 },
      },
    ],
  },
  {
    id: "L2-claim-interrupted",
    level: 2,
    says: "Nobody knows how it went: that is thrown where the step stands, and may be caught.",
    program: [
      { do: "once", name: "charge", returns: "ch_1", catch: true },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      {
        offers: ["claim"],
        memo: [err("charge", { name: "StepInterruptedError", message: "nobody knows" })],
        answers: done([{ caught: "StepInterruptedError", message: "nobody knows" }]),
        ran: {},
      },
    ],
  },
  {
    id: "L2-heartbeat",
    level: 2,
    says: "The code of a step says that it lives and how far it is, with the fence of its request.",
    program: [{ do: "beat", name: "transcode", data: { progress: 0.4 }, delay_ms: 200, returns: "done" }],
    exchanges: [
      {
        offers: ["heartbeat"],
        answers: goesOn(ran("transcode", "done")),
        ran: { transcode: 1 },
        callbacks: 1,
      },
    ],
    callbacks: [
      {
        what: "heartbeat",
        asks: {
          run: { $bound: "run" },
          fence: { $bound: "fence" },
          beats: [{ id: idOf("transcode"), name: "transcode", data: { progress: 0.4 } }],
        },
        replies: { json: {} },
      },
    ],
  },
  {
    id: "L2-heartbeat-stale",
    level: 2,
    says: "409 stale-fence to a heartbeat: stop at once, and answer `abandoned`.",
    program: [{ do: "beat", name: "transcode", data: 1, delay_ms: 200, returns: "done" }],
    exchanges: [{ offers: ["heartbeat"], answers: { status: "abandoned" }, ran: { transcode: 1 } }],
    callbacks: [{ what: "heartbeat", replies: { status: 409, code: "stale-fence" } }],
  },
  {
    id: "L2-heartbeat-not-offered",
    level: 2,
    says: "An engine that does not take heartbeats gets none, and that is no failure of the step.",
    program: [{ do: "beat", name: "transcode", data: 1, delay_ms: 200, returns: "done" }],
    exchanges: [{ answers: goesOn(ran("transcode", "done")), callbacks: 0 }],
  },
  {
    id: "L2-call",
    level: 2,
    needs: ["call"],
    says: "A call runs the handler once from the top, with no run and no history, and answers with what it returns.",
    exchanges: [
      {
        message: {
          ...asked,
          input: {
            program: [
              { do: "run", name: "a", returns: 1 },
              { do: "run", name: "b", returns: { two: [] } },
            ],
            count_at: { $bound: "count_at" },
          },
        },
        answers: { status: "done", output: [1, { two: [] }] },
        ran: { a: 1, b: 1 },
      },
    ],
  },
  {
    id: "L2-call-error",
    level: 2,
    needs: ["call"],
    says: "What it throws is `error`.",
    exchanges: [
      {
        message: {
          ...asked,
          input: {
            program: [{ do: "throw", name: "TypeError", message: "no" }],
            count_at: { $bound: "count_at" },
          },
        },
        answers: { status: "error", error: { name: "TypeError", message: "no" } },
      },
    ],
  },
  {
    id: "L2-call-refuses",
    level: 2,
    needs: ["call"],
    says: "What needs an engine is refused with a sentence.",
    exchanges: [
      {
        message: {
          ...asked,
          input: { program: [{ do: "sleep", name: "nap", ms: 1 }], count_at: { $bound: "count_at" } },
        },
        answers: { status: "error", error: { message: { $text: "\\w+ \\w+" } } },
      },
    ],
  },
  {
    id: "L2-query",
    level: 2,
    needs: ["query"],
    says: "A query is answered by a replay: with what is recorded, and nothing runs.",
    exchanges: [
      {
        message: {
          ...queried,
          event: eventOf(telling),
          memo: [ok("a", 1)],
          query: { name: "progress", input: null },
        },
        answers: { status: "done", output: [1] },
        ran: {},
      },
      {
        message: { ...queried, event: eventOf(telling), memo: [], query: { name: "progress", input: null } },
        answers: { status: "done", output: [] },
        ran: {},
      },
    ],
  },
  {
    id: "L2-query-unknown",
    level: 2,
    needs: ["query"],
    says: "One that the run does not answer is `unknown_query`, with those that it does.",
    exchanges: [
      {
        message: {
          ...queried,
          event: eventOf(telling),
          memo: [ok("a", 1)],
          query: { name: "weather", input: null },
        },
        answers: { status: "unknown_query", known: ["progress"] },
        ran: {},
      },
    ],
  },
  {
    id: "L2-undo",
    level: 2,
    says: "A step that can be undone says so; a `compensate` task runs only its compensation, and is answered with exactly that op.",
    program: [
      { do: "undo", name: "charge", returns: { id: "ch_1" } },
      { do: "run", name: "ship", returns: 1 },
    ],
    exchanges: [
      {
        answers: goesOn(op("run", "charge", { st: "ok", v: { id: "ch_1" }, compensate: true })),
        ran: { charge: 1 },
      },
      {
        task: { kind: "compensate", step: idOf("charge") },
        memo: [ok("charge", { id: "ch_1" })],
        answers: goesOn({
          op: "compensate",
          id: stepId(idOf("charge"), "charge", 0),
          scope: idOf("charge"),
          name: "charge",
          n: 0,
          st: "ok",
        }),
        ran: { charge: 1, "undo:charge": 1 },
      },
    ],
  },
  {
    id: "L2-undo-driven",
    level: 2,
    says: "A run that has failed is undone in reverse order, each step once.",
    program: [
      { do: "undo", name: "reserve", returns: 1 },
      { do: "undo", name: "charge", returns: 2 },
      { do: "run", name: "ship", throws: { name: "ShipError", message: "lost", retry: false } },
    ],
    ends: { status: "failed", error: { name: "ShipError", message: "lost" } },
    ran: { reserve: 1, charge: 1, ship: 1, "undo:charge": 1, "undo:reserve": 1 },
    inOrder: ["reserve", "charge", "ship", "undo:charge", "undo:reserve"],
  },
  {
    id: "L2-undo-not-found",
    level: 2,
    says: "A step that has no compensation, or is not reached, is `step_not_found`: nothing that has to be undone is passed over in silence.",
    // The first: a fixture whose SDK undoes nothing is told apart by it.
    program: [
      { do: "undo", name: "charge", returns: 1 },
      { do: "run", name: "ship", returns: 2 },
    ],
    exchanges: [
      {
        task: { kind: "compensate", step: idOf("ship") },
        memo: [ok("charge", 1), ok("ship", 2)],
        answers: { status: "step_not_found" },
        ran: {},
      },
    ],
  },
];
