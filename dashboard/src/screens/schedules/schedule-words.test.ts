import { expect, test } from "vitest";
import { cronFlaw, isScheduleId, isZone, ticksBetween } from "./schedule-words.ts";

const at = (text: string) => Date.parse(text);

test("ticks between two instants, both included", () => {
  const ticks = ticksBetween("0 9 * * *", "UTC", at("2026-11-01T09:00Z"), at("2026-11-03T09:00Z"), 10);
  expect(ticks?.map((ms) => new Date(ms).toISOString())).toEqual([
    "2026-11-01T09:00:00.000Z",
    "2026-11-02T09:00:00.000Z",
    "2026-11-03T09:00:00.000Z",
  ]);
});

test("no more are counted than are asked for, and one", () => {
  expect(ticksBetween("* * * * * *", "UTC", 0, at("2026-11-01T00:00Z"), 1_000)).toHaveLength(1_001);
});

test("what is no line and no zone has none", () => {
  expect(ticksBetween("often", "UTC", 0, 1, 1)).toBeNull();
  expect(ticksBetween("* * * * *", "Moon/Base", 0, 1, 1)).toBeNull();
  expect(cronFlaw("0 25 * * *")).toMatch(/^This is no cron line: /);
  expect(cronFlaw("0 5 * * *")).toBeNull();
  expect(isZone("Europe/Zurich")).toBe(true);
});

test("names of schedules", () => {
  expect(["report-acme", "a.b", "_x"].every(isScheduleId)).toBe(true);
  expect(["", "-x", "a b", "a/b"].some(isScheduleId)).toBe(false);
});
