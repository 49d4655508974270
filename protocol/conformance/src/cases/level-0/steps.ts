import type { Case } from "../../case.ts";
import { done, goesOn, ok, ran } from "../words.ts";

export const steps: readonly Case[] = [
  {
    id: "L0-no-steps",
    level: 0,
    says: "A handler that returns at once ends its run.",
    program: [{ do: "return", value: { answer: 42 } }],
    exchanges: [{ answers: done({ answer: 42 }), ran: {} }],
  },
  {
    id: "L0-serial",
    level: 0,
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
];
