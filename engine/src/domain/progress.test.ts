import { expect, test } from "vitest";
import { describeProgress } from "./progress.ts";

test.each([
  [{ progress: 0.4, detail: "page 4 of 10" }, "40 %, page 4 of 10"],
  [{ progress: 1 }, "100 %"],
  [{ detail: "reading" }, "reading"],
  [{ progress: 7 }, '{"progress":7}'],
  [12, "12"],
  [0.25, "25 %"],
  [1, "1"],
  ["half", '"half"'],
  [null, "alive"],
])("%j is said as %s", (progress, said) => {
  expect(describeProgress(progress)).toBe(said);
});
