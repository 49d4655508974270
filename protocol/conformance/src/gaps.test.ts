import { describe, expect, test } from "vitest";
import { declared, strangers } from "./gaps.ts";
import { levelOf, type Result, type Status } from "./result.ts";

const result = (id: string, status: Status, level: 0 | 1 | 2 = 0): Result => ({
  id,
  level,
  says: "It works.",
  status,
  flaws: status === "FAILED" ? ["it does not"] : [],
  ms: 1,
  requests: 1,
  bytes: 1,
});
const gaps = { "L0-a": "There is no a yet." };

describe("a declared gap", () => {
  test("is no failure where the case fails, and says why", () => {
    const { status, reason, flaws } = declared(result("L0-a", "FAILED"), gaps);
    expect({ status, reason, flaws }).toEqual({ status: "NOT_IMPLEMENTED", reason: gaps["L0-a"], flaws: [] });
  });

  test("is a failure where the case passes: it is stale", () => {
    const { status, flaws } = declared(result("L0-a", "PASSED"), gaps);
    expect(status).toBe("FAILED");
    expect(flaws.join()).toContain("take the line out");
  });

  test("says nothing of other cases", () => {
    expect(declared(result("L0-b", "FAILED"), gaps).status).toBe("FAILED");
  });

  test("of no case there is, is a failure", () => {
    expect(strangers(gaps, new Set(["L0-b"])).map(({ id, status }) => [id, status])).toEqual([
      ["L0-a", "FAILED"],
    ]);
    expect(strangers(gaps, new Set(["L0-a"]))).toEqual([]);
  });
});

describe("the level", () => {
  const levelWith = (results: Result[], isPart = false) => levelOf({ results, isPart });

  test("is the highest with all below it whole", () => {
    expect(levelWith([result("a", "PASSED", 0)])).toBe(0);
    expect(levelWith([result("a", "PASSED", 0), result("b", "NOT_IMPLEMENTED", 1)])).toBe(0);
    expect(levelWith([result("a", "PASSED", 0), result("b", "PASSED", 1), result("c", "FAILED", 2)])).toBe(1);
    expect(levelWith([result("a", "FAILED", 0), result("b", "PASSED", 1)])).toBeNull();
  });

  test("is unknown where cases were chosen", () => {
    expect(levelWith([result("a", "PASSED", 0)], true)).toBeNull();
  });
});
