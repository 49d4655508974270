// Where a memo is cut that does not fit into a request.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JournalEntry } from "../store/journals.ts";
import { Memo } from "./memo.ts";
import { readCursor } from "./memo-cursor.ts";

const shape = fc.record({
  kind: fc.constantFrom("ok", "err", "none", "folded", "compensate", "pending"),
  text: fc.string({ unit: "binary", maxLength: 40 }),
});

function entriesOf(shapes: readonly { readonly kind: string; readonly text: string }[]): JournalEntry[] {
  let head = 0;
  const entries = shapes.map(({ kind, text }, index) => ({
    stepId: index.toString(16).padStart(32, "0"),
    seq: kind === "pending" ? null : ++head,
    op: kind === "compensate" ? kind : "run",
    ...{ name: "a", n: index, attempt: 1, resumedAfter: 0, elapsedMs: 0 },
    status: kind === "pending" || kind === "err" ? kind : ("ok" as const),
    value: kind === "ok" ? JSON.stringify(text) : null,
    failure: kind === "err" ? JSON.stringify({ name: "E", message: text }) : null,
    ...{ isHeldBack: false, taskKind: null, asked: null, isOwed: false, isFolded: kind === "folded" },
  })) as JournalEntry[];
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
  expect(readCursor("3.40")).toEqual({ after: 3, upTo: 40 });
  for (const text of ["", "3", "3.40.", "-1.4", "1e3.4", "3.40 ", `${"9".repeat(10)}.1`]) {
    expect(readCursor(text), text).toBeNull();
  }
});
