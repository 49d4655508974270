import { expect, test } from "vitest";
import { CATCH_UP_MAX, type CatchUp, dueTicks } from "./due-ticks.ts";
import { lineOf } from "./schedule.ts";

const NOW_MS = Date.parse("2026-06-10T12:00:30Z");
const MINUTE_MS = 60_000;

function due(cron: string, catchUp: CatchUp, lateMs: number, limit = 10) {
  return dueTicks({
    line: lineOf({ cron, tz: "UTC" }),
    catchUp,
    handledToMs: NOW_MS - lateMs,
    nowMs: NOW_MS,
    limit,
  });
}

test.each(["none", "last", "all"] as const)(
  "a tick that is 60 s late is in time, catchUp %s or not",
  (catchUp) => {
    expect(due("0 0 12 * * *", catchUp, 40_000)).toEqual({
      ticks: [NOW_MS - 30_000],
      missed: null,
      handledToMs: NOW_MS - 30_000,
    });
    // All that came in the last minute did.
    const { ticks, missed } = due("*/10 * * * * *", catchUp, 61_000);
    expect([ticks[0], ticks.length, missed]).toEqual([NOW_MS - MINUTE_MS, 7, null]);
    expect(due("0 0 13 * * *", catchUp, 40_000).ticks).toEqual([]);
  },
);

test("of an outage, last starts the newest alone, and says what is missed", () => {
  const week = 7 * 24 * 60;
  expect(due("* * * * *", "last", week * MINUTE_MS)).toEqual({
    ticks: [NOW_MS - 30_000],
    missed: {
      fromMs: NOW_MS - week * MINUTE_MS + 30_000,
      toMs: NOW_MS - 90_000,
      count: week - 1,
      isMore: false,
    },
    handledToMs: NOW_MS - 30_000,
  });
  expect(due("* * * * * *", "last", week * MINUTE_MS)).toMatchObject({
    ticks: [NOW_MS],
    missed: { count: 20_000, isMore: true, toMs: NOW_MS - 1_000 },
  });
  // A daily job is not lost to it, and nothing else was.
  expect(due("0 0 9 * * *", "last", 20 * 60 * MINUTE_MS)).toMatchObject({
    ticks: [Date.parse("2026-06-10T09:00:00Z")],
    missed: null,
  });
});

test("of an outage, none starts what is in time", () => {
  expect(due("* * * * *", "none", 600_000)).toMatchObject({ ticks: [NOW_MS - 30_000], missed: { count: 9 } });
  expect(due("0 * * * *", "none", 3 * 60 * MINUTE_MS)).toMatchObject({
    ticks: [NOW_MS - 30_000],
    missed: { count: 2 },
  });
  expect(due("30 * * * *", "none", 3 * 60 * MINUTE_MS)).toEqual({
    ticks: [],
    missed: {
      fromMs: Date.parse("2026-06-10T09:30:00Z"),
      toMs: Date.parse("2026-06-10T11:30:00Z"),
      count: 3,
      isMore: false,
    },
    handledToMs: Date.parse("2026-06-10T11:30:00Z"),
  });
});

test("of an outage, all starts all, in parts, up to a bound", () => {
  const part = due("* * * * *", "all", 600_000, 4);
  expect(part).toMatchObject({ missed: null, handledToMs: NOW_MS - 30_000 - 6 * MINUTE_MS });
  expect(part.ticks).toHaveLength(4);
  const much = due("* * * * *", "all", 3_000 * MINUTE_MS, 4);
  expect(much.missed).toMatchObject({ count: 3_000 - CATCH_UP_MAX });
  expect(much.ticks[0]).toBe(much.missed!.toMs + MINUTE_MS);
  expect(much.ticks[0]).toBe(NOW_MS - 30_000 - (CATCH_UP_MAX - 1) * MINUTE_MS);
});
