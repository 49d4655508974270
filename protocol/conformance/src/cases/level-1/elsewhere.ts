// What a request leaves out: pages of the memo, and values by reference.

import { createHash } from "node:crypto";
import type { Callback, Case, ScriptedCase } from "../../case.ts";
import { done, goesOn, idOf, ok, ran } from "../words.ts";

const three = [
  { do: "run", name: "a", returns: 1 },
  { do: "run", name: "b", returns: 2 },
  { do: "run", name: "c", returns: 3 },
  { do: "return", value: "$results" },
] as const;

/** A page that is asked for with the cursor. */
function page(next: string, replies: Callback["replies"]): Callback {
  return {
    what: "memo",
    asks: { run: { $bound: "run" }, fence: { $bound: "fence" }, next },
    replies,
    ran: {},
  };
}

function value(ref: string, replies: Callback["replies"]): Callback {
  return {
    what: "blob",
    asks: { run: { $bound: "run" }, fence: { $bound: "fence" }, ref },
    replies,
    ran: {},
  };
}

/** An entry whose value is kept by the kit. */
function elsewhere(name: string, ref: string, text: string, sha256 = sha256Of(text)) {
  return { id: idOf(name), op: "run", st: "ok", ref: { id: ref, bytes: Buffer.byteLength(text), sha256 } };
}

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A page that nobody may believe: nothing runs, and the request is refused so that it is sent again. */
function badPage(
  name: string,
  says: string,
  replies: Callback["replies"],
  more: Partial<ScriptedCase> = {},
): ScriptedCase {
  return {
    id: `L1-pages-${name}`,
    level: 1,
    needs: ["pages"],
    says,
    program: three,
    exchanges: [
      { memo: [ok("a", 1)], memo_next: "p1", refused: { status: 424, code: "memo-incomplete" }, ran: {} },
    ],
    callbacks: [page("p1", replies)],
    ...more,
  };
}

const FAR = '{"id":"evt_far","name":"e","data":1,"time":"2026-10-21T09:00:00.000Z"}';

export const elsewhereCases: readonly Case[] = [
  {
    id: "L1-pages",
    level: 1,
    needs: ["pages"],
    says: "The rest of a memo is fetched page by page, each with the cursor that was told, and the handler is called when all is here.",
    program: three,
    exchanges: [
      {
        memo: [ok("a", 1)],
        memo_next: "p1",
        answers: { status: "done", output: [1, 2, 3] },
        ran: {},
        callbacks: 2,
      },
    ],
    callbacks: [
      page("p1", { json: { memo: [ok("b", 2)], memo_next: "p2" } }),
      page("p2", { json: { memo: [ok("c", 3)], memo_next: null } }),
    ],
  },
  {
    id: "L1-pages-goes-on",
    level: 1,
    needs: ["pages"],
    says: "What no page has is new, and runs.",
    program: three,
    exchanges: [
      { memo: [ok("a", 1)], memo_next: "p1", answers: goesOn(ran("c", 3)), ran: { c: 1 }, callbacks: 1 },
    ],
    callbacks: [page("p1", { json: { memo: [ok("b", 2)], memo_next: null } })],
  },
  {
    id: "L1-pages-stale",
    level: 1,
    needs: ["pages"],
    says: "409 stale-fence: the engine works with another request by now. The answer is `abandoned`, and nothing runs.",
    program: three,
    exchanges: [{ memo: [ok("a", 1)], memo_next: "p1", answers: { status: "abandoned" }, ran: {} }],
    callbacks: [page("p1", { status: 409, code: "stale-fence" })],
  },
  {
    id: "L1-pages-ended",
    level: 1,
    needs: ["pages"],
    says: "410 run-ended: the same.",
    program: three,
    exchanges: [{ memo: [ok("a", 1)], memo_next: "p1", answers: { status: "abandoned" }, ran: {} }],
    callbacks: [page("p1", { status: 410, code: "run-ended" })],
  },
  badPage("empty", "A page that is empty though another follows is none: pages have an end.", {
    json: { memo: [], memo_next: "p2" },
  }),
  badPage("repeated", "A page that repeats an entry is none.", {
    json: { memo: [ok("a", 9)], memo_next: null },
  }),
  badPage("refused", "Whatever else an engine answers: nothing runs, and the request is refused.", {
    status: 404,
    code: "not-found",
  }),
  ...(["with another secret", "for another", "not at all"] as const).map((signed) =>
    badPage(
      `signed-${signed.replaceAll(" ", "-")}`,
      `A page is believed only when it is signed, for this very request: not one that is signed ${signed}.`,
      { json: { memo: [ok("b", 2)], memo_next: null }, signed },
      // Who was answered so may leave the engine alone for a while, and then does not even ask.
      { isLast: true },
    ),
  ),
  {
    id: "L1-refs",
    level: 1,
    needs: ["refs"],
    says: "A result that comes by reference is fetched from the configured engine when user code asks for its step, with the fence of the request.",
    program: [
      { do: "run", name: "large", returns: "ran" },
      { do: "return", value: "$last" },
    ],
    exchanges: [
      {
        memo: [elsewhere("large", "blob_1", '{"of":["the kit"]}')],
        answers: done({ of: ["the kit"] }),
        ran: {},
        callbacks: 1,
      },
    ],
    callbacks: [value("blob_1", { text: '{"of":["the kit"]}' })],
  },
  {
    id: "L1-refs-not-asked",
    level: 1,
    needs: ["refs"],
    says: "And only then: what no code asks for is not fetched.",
    program: [{ do: "return", value: "no step" }],
    exchanges: [
      { memo: [elsewhere("large", "blob_2", '"unasked"')], answers: done("no step"), ran: {}, callbacks: 0 },
    ],
  },
  {
    id: "L1-refs-event",
    level: 1,
    needs: ["refs"],
    says: "The data of an event that comes by reference is fetched before the handler is called.",
    program: [{ do: "return", value: "read" }],
    exchanges: [
      {
        members: {
          input: {
            event: {
              id: "evt_ref",
              name: "conformance.run",
              time: "2026-10-21T09:00:00.000Z",
              ref: {
                id: "blob_3",
                bytes: 41,
                sha256: sha256Of('{"program":[{"do":"return","value":[7]}]}'),
              },
            },
          },
        },
        answers: done([7]),
        callbacks: 1,
      },
    ],
    callbacks: [value("blob_3", { text: '{"program":[{"do":"return","value":[7]}]}' })],
  },
  {
    id: "L1-refs-other-bytes",
    level: 1,
    needs: ["refs"],
    says: "Bytes whose SHA-256 is not the told one are not the value: nothing runs, and the request is refused.",
    program: [
      { do: "run", name: "large", returns: "ran" },
      { do: "run", name: "after", returns: "ran" },
    ],
    exchanges: [
      {
        memo: [elsewhere("large", "blob_4", '"the true one"')],
        refused: { status: 424, code: "memo-incomplete" },
        ran: {},
      },
    ],
    callbacks: [value("blob_4", { text: '"the false one"' })],
  },
  {
    id: "L1-refs-stale",
    level: 1,
    needs: ["refs"],
    says: "409 stale-fence for a value: the answer is `abandoned`.",
    program: [{ do: "run", name: "large", returns: "ran" }],
    exchanges: [{ memo: [elsewhere("large", "blob_5", '"v5"')], answers: { status: "abandoned" }, ran: {} }],
    callbacks: [value("blob_5", { status: 409, code: "stale-fence" })],
  },
  {
    id: "L1-refs-order",
    level: 1,
    needs: ["refs", "parallel"],
    says: "A result whose value is on its way keeps its place in the memo: what comes after it waits, or a race would be won by whoever is nearer.",
    program: [
      {
        do: "race",
        branches: [
          [{ do: "wait", name: "far", event: "e", timeout_ms: 9 }],
          [{ do: "sleep", name: "near", ms: 1 }],
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
              { name: "far", id: { $bind: "far" } },
              { name: "near", id: { $bind: "near" } },
            ],
          },
        },
      },
      {
        memo: [
          {
            id: { $bound: "far" },
            op: "wait",
            st: "ok",
            ref: { id: "blob_6", bytes: 64, sha256: sha256Of(FAR) },
          },
          { id: { $bound: "near" }, op: "sleep", st: "ok" },
        ],
        answers: { status: "done", output: [JSON.parse(FAR)] },
      },
    ],
    callbacks: [{ what: "blob", replies: { text: FAR } }],
  },
];
