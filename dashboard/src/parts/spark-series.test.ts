import { expect, test } from "vitest";
import { linePaths } from "./spark-series.ts";

test("a line breaks where there is no value, and a lone value is a dot", () => {
  expect(linePaths([0, 5, 10], 10)).toEqual(["M0 1L50 0.5L100 0"]);
  expect(linePaths([5, null, 10], 10)).toEqual(["M0 0.5h0.01", "M100 0h0.01"]);
  expect(linePaths([], 1)).toEqual([]);
});
