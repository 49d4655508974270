import type { Case } from "../../case.ts";

const needs = ["parallel"] as const;

export const branches: readonly Case[] = [
  {
    id: "L1-parallel",
    level: 1,
    needs,
    says: "Three branches give three results, in the order of the branches; each body runs once.",
    program: [
      {
        do: "parallel",
        branches: [
          [{ do: "run", name: "p", returns: "A" }],
          [{ do: "run", name: "q", returns: "B" }],
          [{ do: "run", name: "r", returns: "C" }],
        ],
      },
      { do: "run", name: "after", returns: "D" },
    ],
    ends: { status: "completed", output: [[["A"], ["B"], ["C"]], "D"] },
    ran: { p: 1, q: 1, r: 1, after: 1 },
  },
  {
    id: "L1-parallel-same-name",
    level: 1,
    needs,
    says: "The same name in several branches is as many steps, each with an id of its own.",
    program: [
      {
        do: "parallel",
        branches: [
          [{ do: "run", name: "s", returns: 1 }],
          [
            { do: "run", name: "s", returns: 2 },
            { do: "run", name: "s", returns: 3 },
          ],
        ],
      },
    ],
    ends: { status: "completed", output: [[[1], [2, 3]]] },
    ran: { s: 3 },
  },
  {
    id: "L1-parallel-order",
    level: 1,
    needs,
    says: "Ids do not depend on which branch is faster: whatever order its tasks take, the run comes out the same.",
    program: [
      {
        do: "parallel",
        branches: [
          [
            { do: "run", name: "p", returns: 1 },
            { do: "run", name: "x", returns: "of the first" },
          ],
          [
            { do: "run", name: "q", returns: 2 },
            { do: "run", name: "x", returns: "of the second" },
          ],
        ],
      },
    ],
    world: { order: ["q", "x", "p"] },
    ends: {
      status: "completed",
      output: [
        [
          [1, "of the first"],
          [2, "of the second"],
        ],
      ],
    },
    ran: { p: 1, q: 1, x: 2 },
  },
  {
    id: "L1-parallel-uneven",
    level: 1,
    needs,
    says: "Branches of several steps and kinds go on beside each other, each at its own pace.",
    program: [
      {
        do: "parallel",
        branches: [
          [
            { do: "run", name: "p1", returns: 1 },
            { do: "run", name: "p2", returns: 2 },
            { do: "run", name: "p3", returns: 3 },
          ],
          [
            { do: "sleep", name: "nap", ms: 20 },
            { do: "run", name: "q", returns: 4 },
          ],
          [],
        ],
      },
    ],
    ends: { status: "completed", output: [[[1, 2, 3], [null, 4], []]] },
    ran: { p1: 1, p2: 1, p3: 1, q: 1 },
  },
  {
    id: "L1-parallel-retry",
    level: 1,
    needs,
    says: "A branch whose step fails is tried again; what its sibling has done is not done again.",
    program: [
      {
        do: "parallel",
        branches: [
          [{ do: "run", name: "p", throws: { message: "not yet" }, fails: 1, returns: "$attempt" }],
          [{ do: "run", name: "q", returns: "B" }],
        ],
      },
    ],
    ends: { status: "completed", output: [[[2], ["B"]]] },
    ran: { p: 2, q: 1 },
    steps: { p: 1, q: 1 },
  },
  {
    id: "L1-parallel-nested",
    level: 1,
    needs,
    says: "Branches may have branches, and ids stay apart.",
    program: [
      {
        do: "parallel",
        branches: [
          [
            {
              do: "parallel",
              branches: [[{ do: "run", name: "s", returns: 1 }], [{ do: "run", name: "s", returns: 2 }]],
            },
          ],
          [{ do: "run", name: "s", returns: 3 }],
        ],
      },
    ],
    ends: { status: "completed", output: [[[[[1], [2]]], [3]]] },
    ran: { s: 3 },
  },
  {
    id: "L1-race-first",
    level: 1,
    needs,
    says: "A race is won by the branch that the memo completes first.",
    program: [
      {
        do: "race",
        branches: [
          [
            { do: "sleep", name: "long", ms: 60_000 },
            { do: "run", name: "loser", returns: "no" },
          ],
          [{ do: "sleep", name: "short", ms: 10 }],
        ],
      },
      { do: "run", name: "after", returns: "won" },
    ],
    ends: { status: "completed", output: [[null], "won"] },
    ran: { after: 1 },
  },
  {
    id: "L1-race-second",
    level: 1,
    needs,
    says: "Whichever that is.",
    program: [
      {
        do: "race",
        branches: [
          [{ do: "wait", name: "event", event: "paid", timeout_ms: 60_000 }],
          [
            { do: "sleep", name: "limit", ms: 1_000 },
            { do: "run", name: "loser", returns: "no" },
          ],
        ],
      },
      { do: "sleep", name: "later", ms: 120_000 },
      { do: "run", name: "after", returns: "paid" },
    ],
    world: {
      comes: {
        event: { v: { id: "evt_9", name: "paid", data: 1, time: "2026-10-21T09:00:01.000Z" }, afterMs: 500 },
      },
    },
    ends: {
      status: "completed",
      output: [[{ id: "evt_9", name: "paid", data: 1, time: "2026-10-21T09:00:01.000Z" }], null, "paid"],
    },
    ran: { after: 1 },
  },
  {
    id: "L1-race-of-steps",
    level: 1,
    needs,
    says: "Steps race too: the one whose result is recorded first, and the winner stays the winner in every replay.",
    program: [
      {
        do: "race",
        branches: [
          [
            { do: "sleep", name: "late", ms: 60_000 },
            { do: "run", name: "slow", returns: "slow" },
          ],
          [{ do: "run", name: "fast", returns: "fast" }],
        ],
      },
      { do: "run", name: "one more", returns: 1 },
      { do: "run", name: "and more", returns: 2 },
    ],
    ends: { status: "completed", output: [["fast"], 1, 2] },
    ran: { fast: 1, "one more": 1, "and more": 1 },
  },
  {
    id: "L1-race-replayed",
    level: 1,
    needs,
    says: "Both branches have settled by now: the memo's order decides, and not that of the branches.",
    program: [
      {
        do: "race",
        branches: [
          [{ do: "sleep", name: "first", ms: 1 }],
          [{ do: "wait", name: "second", event: "e", timeout_ms: 9 }],
        ],
      },
      { do: "return", value: "$last" },
    ],
    exchanges: [
      {
        answers: {
          status: "continue",
          ops: {
            $unordered: [
              { op: "sleep", name: "first", id: { $bind: "first" } },
              { op: "wait", name: "second", id: { $bind: "second" } },
            ],
          },
        },
      },
      {
        memo: [
          {
            id: { $bound: "second" },
            op: "wait",
            st: "ok",
            v: { id: "evt_9", name: "e", data: null, time: "2026-10-21T09:00:01.000Z" },
          },
          { id: { $bound: "first" }, op: "sleep", st: "ok" },
        ],
        answers: {
          status: "done",
          output: [{ id: "evt_9", name: "e", data: null, time: "2026-10-21T09:00:01.000Z" }],
        },
      },
      {
        memo: [
          { id: { $bound: "first" }, op: "sleep", st: "ok" },
          { id: { $bound: "second" }, op: "wait", st: "ok", v: null },
        ],
        answers: { status: "done", output: [null] },
      },
    ],
  },
];
