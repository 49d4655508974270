import { expect, test } from "vitest";
import { BULK_ACTION, bulkFilterText } from "./bulk.ts";

test("an action is an order over a number of runs", () => {
  expect(BULK_ACTION.rerun.order("3 runs")).toBe("Run 3 runs again");
});

test("a filter is shown as it would be typed", () => {
  expect(bulkFilterText({ q: "status:failed", function: "pay" })).toBe("status:failed function:pay");
  expect(bulkFilterText({ ids: ["a", "b"] })).toBe("2 chosen runs");
  expect(bulkFilterText({})).toBe("every run");
});
