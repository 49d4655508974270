// The cover is exact whatever the intervals are, and each moment belongs to who stands first.
import fc from "fast-check";
import { expect, test } from "vitest";
import { partition, sumPhases } from "./partition.ts";
import { type Interval, interval, type LimitNamed, PHASES } from "./phase.ts";

const limit = (key: string | null): LimitNamed => ({
  id: "l",
  name: "concurrency",
  kind: "concurrency",
  key,
});
const at = fc.integer({ min: -5_000, max: 15_000 }).map((hundredths) => hundredths / 100);
const anyInterval: fc.Arbitrary<Interval> = fc
  .tuple(fc.constantFrom(...PHASES), at, at, fc.constantFrom('"a"', '"b"'))
  .map(([phase, from, to, key]) => interval(phase, from, to, phase === "limit" ? limit(key) : null));

/** What a moment belongs to, looked up one interval after the other. */
function at1(ms: number, intervals: readonly Interval[]): string {
  const open = intervals.filter(({ fromMs, toMs }) => fromMs <= ms && ms < toMs).map(({ phase }) => phase);
  return PHASES.find((phase) => open.includes(phase)) ?? "idle";
}

test("covers a run's time without gap or overlap, and each moment goes to the first in precedence", () => {
  fc.assert(
    fc.property(fc.array(anyInterval, { maxLength: 40 }), (intervals) => {
      const cover = partition(0, 100, intervals);
      expect(cover[0]!.fromMs).toBe(0);
      expect(cover.at(-1)!.toMs).toBe(100);
      for (const [index, each] of cover.entries()) {
        expect(each.toMs).toBeGreaterThan(each.fromMs);
        if (index > 0) expect(each.fromMs).toBe(cover[index - 1]!.toMs);
        expect(at1((each.fromMs + each.toMs) / 2, intervals)).toBe(each.phase);
      }
      const sum = sumPhases(cover).reduce((all, { ms }) => all + ms, 0);
      expect(Math.abs(sum - 100)).toBeLessThan(0.001);
    }),
    { numRuns: 1_000 },
  );
});

test("no time is no cover", () => {
  expect(partition(5, 5, [interval("app", 0, 10)])).toEqual([]);
  expect(partition(6, 5, [])).toEqual([]);
});

test("parallel steps: a limit holds the run up only while nothing else of it goes on", () => {
  const cover = partition(0, 10, [
    interval("limit", 0, 8, limit('"a"')),
    interval("app", 2, 5),
    interval("queue", 5, 6),
  ]);
  expect(cover.map(({ phase, fromMs, toMs }) => `${phase} ${fromMs}-${toMs}`)).toEqual([
    "limit 0-2",
    "app 2-5",
    "queue 5-6",
    "limit 6-8",
    "idle 8-10",
  ]);
});

test("two limits, or two keys of one, are told apart", () => {
  const cover = partition(0, 4, [
    interval("limit", 0, 2, limit('"a"')),
    interval("limit", 2, 4, limit('"b"')),
  ]);
  expect(sumPhases(cover).map(({ limit: which, ms }) => [which?.key, ms])).toEqual([
    ['"a"', 2],
    ['"b"', 2],
  ]);
});
