// Where a memo is cut that does not fit into a request.
import { createHash } from "node:crypto";
import { REF_BYTES_MIN } from "@durable/protocol/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JournalEntry } from "../store/journals.ts";
import { Memo } from "./memo.ts";
import { readCursor } from "./memo-cursor.ts";
import { journalEntry } from "./situation.fixture.ts";

const shape = fc.record({
  kind: fc.constantFrom("ok", "err", "none", "folded", "compensate", "pending"),
  text: fc.string({ unit: "binary", maxLength: 40 }),
});

function entriesOf(shapes: readonly { readonly kind: string; readonly text: string }[]): JournalEntry[] {
  let head = 0;
  const entries = shapes.map(({ kind, text }, index) =>
    journalEntry("a", {
      stepId: index.toString(16).padStart(32, "0"),
      seq: kind === "pending" ? null : ++head,
      op: kind === "compensate" ? kind : "run",
      n: index,
      status: kind === "pending" || kind === "err" ? kind : "ok",
      value: kind === "ok" ? JSON.stringify(text) : null,
      failure: kind === "err" ? JSON.stringify({ name: "E", message: text }) : null,
      isFolded: kind === "folded",
    }),
  );
  // As the journal is loaded: what is pending comes last.
  return [...entries.filter(({ seq }) => seq !== null), ...entries.filter(({ seq }) => seq === null)];
}

test("the head and what comes after its cursor are the memo, in order; it is as long as fits", () => {
  fc.assert(
    fc.property(fc.array(shape, { maxLength: 20 }), fc.nat(2_000), (shapes, room) => {
      const entries = entriesOf(shapes);
      const whole = Memo.of(entries);
      const { json, next } = whole.headOf(room);
      const { after, upTo } = readCursor(next)!;
      expect(upTo).toBe(whole.settledCount);
      const all = JSON.parse(whole.toJson()) as { id: string; st: string }[];
      const pending = all.filter(({ st }) => st === "pending");
      const rest = Memo.of(entries.filter(({ seq }) => seq !== null && seq > after));
      const head = JSON.parse(json) as { st: string }[];
      const settled = head.filter(({ st }) => st !== "pending");
      expect(head).toEqual([...settled, ...pending]);
      expect([...settled, ...JSON.parse(rest.toJson()), ...pending]).toEqual(all);
      // All that is pending is always there.
      if (settled.length > 0) expect(Buffer.byteLength(json)).toBeLessThanOrEqual(room);
      const more = Memo.of(entries.filter(({ seq }) => seq === null || seq <= after + 1));
      if (after < upTo) expect(Buffer.byteLength(more.toJson())).toBeGreaterThan(room - 2);
    }),
  );
});

test("what a commit adds is cut like what was loaded", () => {
  const entries = entriesOf([1, 2, 3, 4].map((i) => ({ kind: "ok", text: "x".repeat(i) })));
  const grown = Memo.of(entries.slice(0, 1));
  grown.apply({
    steps: entries.slice(1).map((entry) => ({ ...entry, id: entry.stepId })) as never,
    effects: [],
  });
  for (const room of [0, 100, 200, 300, 400]) {
    expect(grown.headOf(room)).toEqual(Memo.of(entries).headOf(room));
  }
});

test("a cursor is two positions and nothing else", () => {
  expect(readCursor("3.40")).toEqual({ after: 3, upTo: 40, shown: "inline" });
  expect(readCursor("3.40.r")).toEqual({ after: 3, upTo: 40, shown: "by-ref" });
  for (const text of ["", "3", "3.40.", "-1.4", "1e3.4", "3.40 ", `${"9".repeat(10)}.1`]) {
    expect(readCursor(text), text).toBeNull();
  }
});

test("values of 64 KiB and more are shown by a ref, in their places, and the text stays small", () => {
  const shapes = ["x", "é".repeat(REF_BYTES_MIN / 2 - 1), "é".repeat(REF_BYTES_MIN / 2 - 2), "y"];
  const entries = entriesOf(shapes.map((text) => ({ kind: "ok", text })));
  const memo = Memo.of(entries.slice(0, 1));
  expect(memo.hasLargeValues).toBe(false);
  expect(memo.toJson("by-ref")).toBe(memo.toJson());
  memo.apply({
    steps: entries.slice(1).map((entry) => ({ ...entry, id: entry.stepId })) as never,
    effects: [],
  });
  expect(memo.hasLargeValues).toBe(true);
  const [first, large, notYet, last] = JSON.parse(memo.toJson("by-ref"));
  const value = entries[1]!.value!;
  expect(Buffer.byteLength(value)).toBe(REF_BYTES_MIN);
  const sha256 = createHash("sha256").update(value).digest("hex");
  const ref = { id: entries[1]!.stepId, bytes: REF_BYTES_MIN, sha256 };
  expect(large).toEqual({ id: entries[1]!.stepId, op: "run", st: "ok", ref });
  expect([first.v, notYet.v, last.v]).toEqual([shapes[0], shapes[2], shapes[3]]);
  expect(JSON.parse(memo.toJson()).map(({ v }: { v: string }) => v)).toEqual(shapes);
  const { next, json } = memo.headOf(1_000, "by-ref");
  expect([next, JSON.parse(json).length]).toEqual(["2.4.r", 2]);
});
