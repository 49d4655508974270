import { expect, it } from "vitest";
import { formatDuration } from "./duration.ts";

it.each([
  [-5, "0 ms"],
  [0, "0 ms"],
  [0.42, "0.4 ms"],
  [12.4, "12 ms"],
  [999.4, "999 ms"],
  [999.6, "1.0 s"],
  [2_449, "2.4 s"],
  [59_960, "1 min"],
  [200_000, "3 min 20 s"],
  [3_599_900, "1 h"],
  [2 * 86_400_000 + 4 * 3_600_000, "2 d 4 h"],
])("%d ms is said as %s", (ms, said) => {
  expect(formatDuration(ms)).toBe(said);
});
