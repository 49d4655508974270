import type { Case } from "../../case.ts";
import { done, goesOn, ok, op, ran } from "../words.ts";

/** What JSON can say, and languages confuse. */
const KINDS: Readonly<Record<string, unknown>> = {
  null: null,
  true: true,
  false: false,
  zero: 0,
  negative: -17.5,
  "largest-whole": 9_007_199_254_740_991,
  "small-fraction": 1e-7,
  "empty-text": "",
  "zero-text": "0",
  text: 'é€😀 / \\ " \u2028 </script>',
  "empty-list": [],
  "empty-object": {},
  "list-in-list": [[], [[]], {}],
  "numeric-names": { "0": "a", "1": "b" },
  nested: { a: { b: [{ c: null }, {}, []] }, __proto: 1 },
};

export const values: readonly Case[] = [
  {
    id: "L0-values",
    level: 0,
    says: "Values of every kind come back as they were returned: out of a step, out of the memo, and out of the run.",
    program: [
      ...Object.entries(KINDS).map(([name, returns]) => ({ do: "run", name, returns }) as const),
      { do: "return", value: "$results" },
    ],
    ends: { status: "completed", output: Object.values(KINDS) },
    ran: Object.fromEntries(Object.keys(KINDS).map((name) => [name, 1])),
  },
  {
    id: "L0-value-empty-object",
    level: 0,
    isTranscript: true,
    says: "{} and [] differ, and stay different through an SDK.",
    program: [
      { do: "run", name: "object", returns: {} },
      { do: "run", name: "list", returns: [] },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(ran("object", {})) },
      { memo: [ok("object", {})], answers: goesOn(ran("list", [])) },
      { memo: [ok("object", {}), ok("list", [])], answers: done([{}, []]) },
    ],
  },
  {
    id: "L0-value-undefined",
    level: 0,
    says: "A step that returns nothing has no `v`, or a null where the language knows no other nothing; a memo entry without one is such a result.",
    program: [
      { do: "run", name: "nothing" },
      { do: "run", name: "after", returns: "there" },
      { do: "return", value: "$last" },
    ],
    ends: { status: "completed", output: "there" },
    ran: { nothing: 1, after: 1 },
  },
  {
    id: "L0-value-undefined-in-memo",
    level: 0,
    isTranscript: true,
    says: "An entry that is ok and has neither `v` nor `ref` is a result, and its step does not run.",
    program: [
      { do: "run", name: "nothing" },
      { do: "return", value: "there" },
    ],
    exchanges: [
      { answers: goesOn(op("run", "nothing", { st: "ok" })), ran: { nothing: 1 } },
      { memo: [ok("nothing")], answers: done("there"), ran: { nothing: 1 } },
    ],
  },
  {
    id: "L0-value-null",
    level: 0,
    isTranscript: true,
    says: "A null is a value: it is reported as one.",
    program: [
      { do: "run", name: "a", returns: null },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(ran("a", null)) },
      { memo: [{ ...ok("a"), v: null } as ReturnType<typeof ok>], answers: done([null]) },
    ],
  },
  {
    id: "L0-value-large",
    level: 0,
    says: "A result of half a MiB goes through.",
    program: [
      { do: "run", name: "large", returns: "x".repeat(512 * 1024) },
      { do: "run", name: "after", returns: 1 },
      { do: "return", value: "$last" },
    ],
    ends: { status: "completed", output: 1 },
    ran: { large: 1, after: 1 },
  },
];
