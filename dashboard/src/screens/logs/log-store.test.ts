import { expect, test } from "vitest";
import { foldedText, LINES_MAX, type LogSaid, LogStore } from "./log-store.ts";

const line = (id: number, part: Partial<LogSaid> = {}): LogSaid => ({
  id: String(id),
  run: "r1",
  function: "order",
  step: { id: "s", name: "charge", n: 1 },
  attempt: 1,
  level: "info",
  message: `line ${id}`,
  data: null,
  at: "2026-01-01T00:00:00.000Z",
  ...part,
});
const messages = (store: LogStore, to: number | null = null) =>
  store.shownTo(to).map(({ message }) => message);

test("a line that comes twice is one", () => {
  const store = new LogStore();
  expect(store.add([line(1), line(2)])).toBe(true);
  expect(store.add([line(2), line(1)])).toBe(false);
  expect(store.addOlder([line(2), line(1)])).toBe(false);
  expect(store.total).toBe(2);
});

test("older lines that are asked for stand before those that came, and are chosen like them", () => {
  const store = new LogStore();
  store.add([line(7), line(8)]);
  store.setFilter({ level: "warn", text: "" });
  const level = "warn";
  expect(store.addOlder([line(7), line(6, { level }), line(5)])).toBe(true);
  store.add([line(9, { level })]);
  store.addOlder([line(4, { level })]);
  expect(messages(store)).toEqual(["line 4", "line 6", "line 9"]);
  store.setFilter({ level: "debug", text: "" });
  expect(messages(store)).toEqual([4, 5, 6, 7, 8, 9].map((id) => `line ${id}`));
  expect([store.countAfter(0), store.dropped]).toEqual([3, 0]);
});

test("levels and words choose, of what is there and of what comes", () => {
  const store = new LogStore();
  store.add([
    line(1, { level: "debug" }),
    line(2, { message: "\u001b[31mCard\u001b[0m declined" }),
    line(3, { level: "error" }),
  ]);
  store.setFilter({ level: "info", text: "" });
  expect(messages(store)).toEqual(["\u001b[31mCard\u001b[0m declined", "line 3"]);
  store.setFilter({ level: "debug", text: "card declined" });
  store.add([line(4, { data: { why: "card declined" } }), line(5)]);
  expect(messages(store)).toEqual(["\u001b[31mCard\u001b[0m declined", "line 4"]);
});

test("what is frozen stays, and what came since is counted", () => {
  const store = new LogStore();
  store.add([line(1), line(2)]);
  const frozen = store.lastNo;
  store.add([line(3), line(4), line(5)]);
  expect(messages(store, frozen)).toEqual(["line 1", "line 2"]);
  expect(store.countAfter(frozen)).toBe(3);
});

test("no more than a hundred thousand are kept, and it is known how many are gone", () => {
  const store = new LogStore();
  const many = LINES_MAX + 20_000;
  for (let from = 1; from <= many; from += 1_000)
    store.add(Array.from({ length: 1_000 }, (_, index) => line(from + index)));
  expect(store.total).toBeLessThanOrEqual(LINES_MAX + 10_000);
  expect(store.total + store.dropped).toBe(many);
  expect(store.shownTo(null)).toHaveLength(store.total);
});

test("a text is folded to its first line", () => {
  expect(foldedText("one")).toEqual({ first: "one", more: 0 });
  expect(foldedText("Error: a\n  at b\n  at c\n")).toEqual({ first: "Error: a", more: 2 });
});
