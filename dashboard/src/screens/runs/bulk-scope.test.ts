import { expect, test } from "vitest";
import { countOfAll, filterOfScope } from "./bulk-scope.ts";

const COUNTS = { statuses: { failed: 3, completed: 9 }, is_exact: true, since: null, step_ms: 1, bars: [] };

test("all that fit are those of the chosen statuses", () => {
  expect(countOfAll("", COUNTS)).toBe(12);
  expect(countOfAll("status:failed after:1h", COUNTS)).toBe(3);
});

test("what was not counted to the end has no number", () => {
  expect(countOfAll("", { ...COUNTS, is_exact: false })).toBeNull();
  expect(countOfAll("", undefined)).toBeNull();
});

test("the filter of a bulk is what was chosen, or the text", () => {
  expect(filterOfScope({ kind: "chosen", ids: ["a"] })).toEqual({ ids: ["a"] });
  expect(filterOfScope({ kind: "all", text: "status:failed", count: 3 })).toEqual({ q: "status:failed" });
  expect(filterOfScope({ kind: "all", text: "", count: 3 })).toEqual({});
});
