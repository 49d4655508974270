import type { Case } from "../../case.ts";
import { done, goesOn, idOf, ok, ran } from "../words.ts";

export const steps: readonly Case[] = [
  {
    id: "L0-no-steps",
    level: 0,
    isTranscript: true,
    says: "A handler that returns at once ends its run.",
    program: [{ do: "return", value: { answer: 42 } }],
    exchanges: [{ answers: done({ answer: 42 }), ran: {} }],
  },
  {
    id: "L0-no-return",
    level: 0,
    says: "A program without a return returns its results: the fixture is held to this.",
    program: [{ do: "run", name: "a", returns: 1 }],
    ends: { status: "completed", output: [1] },
    ran: { a: 1 },
  },
  {
    id: "L0-serial",
    level: 0,
    isTranscript: true,
    says: "One turn per answer: a result reaches user code only out of the memo of a later request.",
    program: [
      { do: "run", name: "a", returns: 1 },
      { do: "run", name: "b", returns: "two" },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(ran("a", 1)), ran: { a: 1 } },
      { memo: [ok("a", 1)], answers: goesOn(ran("b", "two")), ran: { a: 1, b: 1 } },
      { memo: [ok("a", 1), ok("b", "two")], answers: done([1, "two"]), ran: { a: 1, b: 1 } },
    ],
  },
  {
    id: "L0-loop",
    level: 0,
    says: "A name that comes again is another step: n counts it, and its result is its own.",
    program: [
      { do: "loop", times: 4, body: [{ do: "run", name: "l", returns: "$i" }] },
      { do: "run", name: "after", returns: "end" },
      { do: "return", value: "$results" },
    ],
    ends: { status: "completed", output: [0, 1, 2, 3, "end"] },
    ran: { l: 4, after: 1 },
  },
  {
    id: "L0-loop-n",
    level: 0,
    isTranscript: true,
    says: "The number n counts how often the name came before, in the memo or not.",
    program: [{ do: "loop", times: 3, body: [{ do: "run", name: "l", returns: "$i" }] }],
    exchanges: [
      { answers: goesOn(ran("l", 0, 0)), ran: { l: 1 } },
      { memo: [ok("l", 0, 0)], answers: goesOn(ran("l", 1, 1)), ran: { l: 2 } },
      { memo: [ok("l", 0, 0), ok("l", 1, 1)], answers: goesOn(ran("l", 2, 2)), ran: { l: 3 } },
      { memo: [ok("l", 0, 0), ok("l", 1, 1), ok("l", 2, 2)], answers: done([0, 1, 2]), ran: { l: 3 } },
    ],
  },
  {
    id: "L0-name-colon",
    level: 0,
    says: 'The second "charge" and a step that is called "charge:1" are two steps.',
    program: [
      { do: "run", name: "charge", returns: "first" },
      { do: "run", name: "charge", returns: "second" },
      { do: "run", name: "charge:1", returns: "named so" },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(ran("charge", "first")) },
      {
        memo: [ok("charge", "first"), ok("charge", "second", 1)],
        answers: goesOn(ran("charge:1", "named so")),
        ran: { charge: 1, "charge:1": 1 },
      },
    ],
  },
  {
    id: "L0-name-unicode",
    level: 0,
    isTranscript: true,
    says: "Names are UTF-8, and ids are made of their bytes.",
    program: [
      { do: "run", name: "café €😀/", returns: "é" },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(ran("café €😀/", "é")), ran: { "café €😀/": 1 } },
      { memo: [ok("café €😀/", "é")], answers: done(["é"]) },
    ],
  },
  {
    id: "L0-key",
    level: 0,
    says: "The key for idempotent calls is <run id>/<step id>, the same at every attempt.",
    program: [{ do: "run", name: "a", returns: "$key" }],
    exchanges: [
      {
        members: { run: { id: "run-of-the-key", started_at: "2026-10-21T09:00:00.000Z" } },
        answers: goesOn(ran("a", `run-of-the-key/${idOf("a")}`)),
      },
      {
        members: { run: { id: "run-of-the-key", started_at: "2026-10-21T09:00:00.000Z" } },
        attempts: { [idOf("a")]: 3 },
        answers: goesOn(ran("a", `run-of-the-key/${idOf("a")}`)),
      },
    ],
  },
  {
    id: "L0-attempt",
    level: 0,
    says: "A body is told the number of its attempt: what `attempts` says, and 1 where it says nothing.",
    program: [{ do: "run", name: "a", returns: "$attempt" }],
    exchanges: [
      { answers: goesOn(ran("a", 1)) },
      { attempts: { [idOf("a")]: 3, [idOf("other")]: 9 }, answers: goesOn(ran("a", 3)) },
    ],
  },
  {
    id: "L0-fence",
    level: 0,
    says: "A fence is opaque, and repeated as it came.",
    program: [{ do: "run", name: "a", returns: 1 }],
    exchanges: [
      { task: { kind: "advance", fence: 'é"\\/ 😀\t<>' }, answers: { fence: 'é"\\/ 😀\t<>' } },
      {
        task: { kind: "advance", fence: "0".repeat(200) },
        memo: [ok("a", 1)],
        answers: { status: "done", fence: "0".repeat(200) },
      },
    ],
  },
  {
    id: "L0-slow-body",
    level: 0,
    says: "A body that takes its time is waited for, and its result reported once.",
    program: [
      { do: "run", name: "slow", returns: "done", delay_ms: 60 },
      { do: "run", name: "next", returns: 1 },
    ],
    ends: { status: "completed", output: ["done", 1] },
    ran: { slow: 1, next: 1 },
  },
  {
    id: "L0-deployment",
    level: 0,
    says: "A request that only another deployment may run is answered `abandoned`, and nothing runs.",
    program: [{ do: "run", name: "a", returns: 1 }],
    exchanges: [
      { members: { deployment: "quite-another-deployment" }, answers: { status: "abandoned" }, ran: {} },
    ],
  },
  {
    id: "L0-unknown-statement",
    level: 0,
    says: "A statement that the fixture does not know is an error that is not retried: the fixture is held to this.",
    program: [{ do: "no such statement" }],
    exchanges: [
      { answers: { status: "error", error: { name: "UnknownStatementError", retry: false } }, ran: {} },
    ],
  },
];
