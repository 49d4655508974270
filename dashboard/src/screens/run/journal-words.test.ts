import { expect, test } from "vitest";
import { ENTRY, type Entry, toneOf } from "./journal-words.ts";

const entry = (kind: Entry["kind"], more: Partial<Entry> = {}): Entry => ({
  ...{
    seq: 1,
    kind,
    at: "2026-01-01T00:00:00.000Z",
    step: null,
    attempt: null,
    ms: null,
    until: null,
    status: null,
  },
  ...{ by: null, reason: null, value: null, failure: null, logs: null },
  ...more,
});
const failure = { name: "Error", message: "card refused" };

test.each<[Entry, string]>([
  [entry("scheduled", { by: { kind: "event", name: "order.placed" } }), "by event order.placed"],
  [
    entry("admitted", { by: { kind: "limit", name: "per customer" }, ms: 1_200, reason: "42" }),
    "by per customer for 42, after 1.2 s",
  ],
  [entry("failed", { attempt: 2, failure }), "number 2: Error: card refused"],
  [entry("unanswered", { failure }), "Error: card refused"],
  [
    entry("settled", { status: "ok", by: { kind: "timer", name: null }, ms: 5_000 }),
    "done, by the clock, after 5.0 s",
  ],
  [entry("settled", { status: "err", failure }), "failed for good: Error: card refused"],
  [
    entry("action", { status: "run.pause", by: { kind: "person", name: "ann" }, reason: "look" }),
    "run.pause by ann: look",
  ],
  [entry("ended", { status: "completed", ms: 60_000 }), "completed, after 1 min"],
])("%#", (said, words) => {
  expect(ENTRY[said.kind].say(said)).toBe(words);
});

test("an end is as good as its status", () => {
  expect(["completed", "failed", "cancelled"].map((status) => toneOf(entry("ended", { status })))).toEqual([
    "good",
    "bad",
    "gone",
  ]);
  expect(toneOf(entry("settled", { status: "err" }))).toBe("bad");
});
