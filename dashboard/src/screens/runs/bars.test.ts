import { expect, test } from "vitest";
import { barsOf, barsSaid, spanOf } from "./bars.ts";

const AT = "2026-10-21T09:00:00.000Z";
const COUNTS = {
  statuses: { completed: 3, failed: 1 },
  is_exact: true,
  since: null,
  step_ms: 60_000,
  bars: [
    { from: AT, statuses: { completed: 2 } },
    { from: "2026-10-21T09:01:00.000Z", statuses: { completed: 1, failed: 1 } },
  ],
};

test("bars are of the statuses that are asked for", () => {
  expect(barsOf(COUNTS, []).map(({ total, failed }) => [total, failed])).toEqual([
    [2, 0],
    [2, 1],
  ]);
  expect(barsOf(COUNTS, ["failed"]).map(({ total }) => total)).toEqual([0, 1]);
});

test("a drag is a span of time, whichever way it went", () => {
  const bars = barsOf(COUNTS, []);
  const whole = { after: AT, before: "2026-10-21T09:02:00.000Z" };
  expect(spanOf(bars, 60_000, 0, 1)).toEqual(whole);
  expect(spanOf(bars, 60_000, 1, 0)).toEqual(whole);
});

test("the picture is a sentence too", () => {
  expect(barsSaid(barsOf(COUNTS, []), 60_000, Date.parse(AT))).toMatch(
    /^4 runs, 1 of them failed, created from .* 2 in 1 min$/,
  );
});
