// An app repeats what a checkpoint brought whose answer it never got: each kind of op under the name the journal has for it.
import type { Op } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import type { Reply } from "./call-app.ts";
import { withoutRecorded } from "./catch-up.ts";
import { journalOp } from "./journal-entry.ts";
import { Memo } from "./memo.ts";
import { journalEntry } from "./situation.fixture.ts";

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
  const seq = status === "ok" ? 1 : null;
  return Memo.of([journalEntry("a", { stepId: ID, seq, op: journalOp(op), status, value: null, attempt })]);
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
