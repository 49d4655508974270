import type { Case } from "../../case.ts";

const STEPS = 2_000;

export const linear: readonly Case[] = [
  {
    id: "L2-linear",
    level: 2,
    needsOneOf: ["checkpoint", "batch", "warm", "stream"],
    says: "A run of 2,000 steps costs in proportion to its steps: requests and bytes are counted, not seconds. With the whole memo in each request it would be 100 MB.",
    program: [
      { do: "loop", times: STEPS, body: [{ do: "run", name: "l", returns: "$i" }] },
      { do: "return", value: "$last" },
    ],
    ends: { status: "completed", output: STEPS - 1 },
    ran: { l: STEPS },
    cost: { requestsMax: STEPS + 500, bytesMax: STEPS * 2_048 },
    isMutated: false,
  },
  {
    id: "L2-groups",
    level: 2,
    needs: ["groups"],
    says: "Items of a loop leave the memo when a group stands for them, and are not asked for again.",
    program: [
      { do: "each", name: "items", times: 250, body: [{ do: "run", name: "work", returns: "$i" }] },
      { do: "run", name: "after", returns: "end" },
    ],
    ends: { status: "completed", output: [Array.from({ length: 250 }, (_, i) => [i]), "end"] },
    ran: { work: 250, after: 1 },
    isMutated: false,
  },
];
