import { expect, test } from "vitest";
import { grownTime, sumLine } from "./sum-words.ts";

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

test("what has passed since is added to what the run is at", () => {
  const time = {
    ...{ ms: 100, app_ms: 100, durable_ms: 0, phases: null },
    sums: [{ phase: "app" as const, limit: null, ms: 100 }],
  };
  expect(sumLine(grownTime(time, "sleep", null, 900))).toBe("1.0 s: 900 ms asleep, 100 ms your code");
  expect(sumLine(grownTime(time, "app", null, 900))).toBe("1.0 s: 1.0 s your code");
  expect(grownTime(time, "app", null, -5)).toBe(time);
});
