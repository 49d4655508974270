import { describe, expect, test } from "vitest";
import { durationMs } from "./duration.ts";

describe("a duration", () => {
  test.each([
    ["2d", 172_800_000],
    ["1h30m", 5_400_000],
    ["1h 30m", 5_400_000],
    ["90s", 90_000],
    ["250ms", 250],
    ["1.5s", 1_500],
    ["1W", 604_800_000],
    [0, 0],
    [1.4, 1],
    [{ total: () => 1_000 }, 1_000],
  ])("%j is %d ms", (duration, ms) => expect(durationMs(duration)).toBe(ms));

  test.each(["", "soon", "5", "-1s", "1y", "1s junk", Number.NaN, Number.POSITIVE_INFINITY, -1, null, {}])(
    "%j is none, and the error shows how to write one",
    (wrong) => expect(() => durationMs(wrong as never)).toThrow(/is no duration\. Write "2d", "1h30m"/),
  );
});
