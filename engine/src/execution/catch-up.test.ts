// An app repeats what a checkpoint brought whose answer it never got: each kind of op under the name the journal has for it.
import type { Op } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import type { JournalEntry } from "../store/journals.ts";
import type { Reply } from "./call-app.ts";
import { withoutRecorded } from "./catch-up.ts";
import { journalOp } from "./journal-entry.ts";
import { Memo } from "./memo.ts";

const ID = "a".padStart(32, "0");
const OPS = [
  { op: "run", st: "ok" },
  { op: "plan" },
  { op: "start" },
  { op: "fetch" },
  { op: "sleep" },
  { op: "wait" },
  { op: "send" },
  { op: "invoke", spawn: true },
  { op: "invoke" },
  { op: "input", kind: "input" },
  { op: "input", kind: "approval" },
].map((op) => ({ id: ID, name: "a", n: 0, ...op }) as unknown as Op);

function memoWith(op: Op | null, status: "ok" | "pending", attempt: number): Memo {
  if (op === null) return Memo.of([]);
  const entry = {
    ...{ stepId: ID, seq: status === "ok" ? 1 : null, op: journalOp(op), name: "a", n: 0, status, attempt },
    ...{ value: null, failure: null, resumedAfter: 0, elapsedMs: 0, isHeldBack: false, taskKind: null },
    ...{ asked: null, isOwed: false, isFolded: false },
  };
  return Memo.of([entry as unknown as JournalEntry]);
}

function leftOf(op: Op, before: Memo, now: Memo): readonly Op[] {
  const reply = { kind: "answer", answer: { ops: [op] } } as unknown as Reply;
  return (withoutRecorded(reply, before, now) as unknown as { answer: { ops: Op[] } }).answer.ops;
}

const named = OPS.map((op) => [`${op.op}, recorded as ${journalOp(op)}`, op] as const);

test.each(named)("%s since is told once", (_, op) => {
  const before = memoWith(null, "ok", 1);
  expect(leftOf(op, before, memoWith(op, "ok", 1))).toEqual([]);
  expect(leftOf(op, before, memoWith(op, "pending", 0))).toEqual([]);
  expect(leftOf(op, before, memoWith(op, "pending", 1))).toEqual([]);
});

test.each(named)("%s before, or not at all, is told", (_, op) => {
  const nothing = memoWith(null, "ok", 1);
  expect(leftOf(op, nothing, nothing)).toEqual([op]);
  expect(leftOf(op, memoWith(op, "ok", 1), memoWith(op, "ok", 1))).toEqual([op]);
  expect(leftOf(op, memoWith(op, "pending", 1), memoWith(op, "pending", 1))).toEqual([op]);
});

test("another attempt of a pending step is told once", () => {
  const [run] = OPS;
  expect(leftOf(run!, memoWith(run!, "pending", 1), memoWith(run!, "pending", 2))).toEqual([]);
});
