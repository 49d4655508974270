import { expect, test } from "vitest";
import { sumLine } from "./sum-words.ts";

test("the sum says the most of it in words, limits with their names", () => {
  const limit = { id: "1", name: "per customer", kind: "concurrency", key: 42 };
  const sums = [
    { phase: "limit" as const, limit, ms: 9_100 },
    { phase: "app" as const, limit: null, ms: 2_900 },
    { phase: "engine" as const, limit: null, ms: 400 },
    { phase: "network" as const, limit: null, ms: 2 },
  ];
  expect(sumLine({ ms: 12_402, sums })).toBe(
    "12.4 s: 9.1 s waiting at the limit per customer for 42, 2.9 s your code, 400 ms engine",
  );
  expect(sumLine({ ms: 0, sums: [] })).toBe("0 ms");
});
