import { expect, test } from "vitest";
import { jitterOf } from "./jitter.ts";

const HOUR_MS = 3_600_000;

test("each schedule and each tick has an amount of its own below the jitter, the same whoever asks", () => {
  const of = (id: string) => Array.from({ length: 200 }, (_, no) => jitterOf(id, no * HOUR_MS, 60_000));
  const [a, b] = [of("a"), of("b")];
  expect(of("a")).toEqual(a);
  for (const late of [...a, ...b]) {
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(60_000);
  }
  // A thousand schedules on one line are spread over the time, not moved together.
  expect(a.filter((late, no) => late === b[no]).length).toBeLessThan(5);
  expect(new Set(a).size).toBeGreaterThan(150);
  expect(a.reduce((sum, late) => sum + late, 0) / a.length / 30_000).toBeCloseTo(1, 0);
});
