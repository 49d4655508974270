import { expect, test } from "vitest";
import { bodyOf, draftOf, flawsOf } from "./schedule-draft.ts";

const whole = { ...draftOf(null, "Europe/Zurich"), id: "report", functionId: "report", cron: " 0 9 * * * " };

test("a new one begins in the reader's zone, and lacks what only a person knows", () => {
  expect(flawsOf(draftOf(null, "Europe/Zurich"))).toEqual(["id", "functionId", "cron"]);
});

test("what was left empty is none", () => {
  expect(flawsOf(whole)).toEqual([]);
  expect(bodyOf(whole)).toEqual({
    id: "report",
    function: "report",
    cron: "0 9 * * *",
    tz: "Europe/Zurich",
    if: null,
    jitter_ms: 0,
    catch_up: "last",
    overlap: "allow",
    data: null,
  });
});

test("flaws are named by their members", () => {
  expect(flawsOf({ ...whole, zone: "Moon", jitterS: "9000", data: "{", cron: "9" })).toEqual([
    "cron",
    "zone",
    "jitterS",
    "data",
  ]);
});

test("data keeps numbers that a double cannot hold", () => {
  expect(JSON.stringify(bodyOf({ ...whole, data: '{"id":9007199254740993}' })?.data)).toBe(
    '{"id":9007199254740993}',
  );
});
