import type { Case } from "../../case.ts";
import { done, goesOn, ok, ran, settled } from "../words.ts";

export const counted: readonly Case[] = [
  {
    id: "L1-unclaimed",
    level: 1,
    needs: ["unclaimed"],
    says: "Settled entries that no code asked for are counted, and told with the end.",
    program: [
      { do: "run", name: "a", returns: 1 },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      {
        memo: [ok("gone", 0), ok("a", 1), settled("sleep", "gone too")],
        answers: { status: "done", output: [1], unclaimed: 2 },
      },
      { memo: [ok("a", 1)], answers: { status: "done", unclaimed: 0 } },
    ],
  },
  {
    id: "L1-unclaimed-error",
    level: 1,
    needs: ["unclaimed"],
    says: "Of a handler that throws too.",
    program: [{ do: "throw", message: "no", retry: false }],
    exchanges: [{ memo: [ok("gone", 0)], answers: { status: "error", unclaimed: 1 } }],
  },
  {
    id: "L1-batch",
    level: 1,
    needs: ["batch"],
    says: "With a budget of several steps that many turns come in one answer.",
    program: [
      { do: "run", name: "a", returns: 1 },
      { do: "run", name: "b", returns: 2 },
      { do: "run", name: "c", returns: 3 },
    ],
    exchanges: [
      {
        budget: { ms: 25_000, steps: 2 },
        answers: goesOn(ran("a", 1), ran("b", 2)),
        ran: { a: 1, b: 1 },
      },
    ],
  },
  {
    id: "L1-batch-end",
    level: 1,
    needs: ["batch"],
    says: "A handler that ends within its budget says so at once, with what was not acknowledged.",
    program: [
      { do: "run", name: "a", returns: 1 },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { budget: { ms: 25_000, steps: 5 }, answers: { ...(done([1]) as object), ops: [ran("a", 1)] } },
    ],
  },
  {
    id: "L1-batch-error",
    level: 1,
    needs: ["batch"],
    says: "A step that fails ends the turns: what it comes to is for the engine to say.",
    program: [
      { do: "run", name: "a", returns: 1 },
      { do: "run", name: "b", throws: { message: "not yet" } },
      { do: "run", name: "c", returns: 3 },
    ],
    exchanges: [
      {
        budget: { ms: 25_000, steps: 5 },
        answers: goesOn(ran("a", 1), { op: "run", name: "b", st: "err" }),
        ran: { a: 1, b: 1 },
      },
    ],
  },
];
