import { expect, test } from "vitest";
import type { RunListed } from "../../live/patches.ts";
import type { Skip } from "../../words/skip-reason.ts";
import { decisionsOf, decisionsSaid } from "./decisions.ts";

const run = (id: string, fn: string) => ({ id, function: fn }) as RunListed;
const skip = (id: string, fn: string) => ({ id, function: fn }) as Skip;

test("decisions are told by function, runs before skips", () => {
  const decisions = decisionsOf({ runs: [run("2", "pay"), run("1", "mail")], skips: [skip("3", "mail")] });
  expect(decisions.map(({ function: fn, kind }) => [fn, kind])).toEqual([
    ["mail", "run"],
    ["mail", "skip"],
    ["pay", "run"],
  ]);
});

test("and in a sentence", () => {
  expect(decisionsSaid({ runs: [], skips: [] })).toBe("No function has a trigger for it.");
  expect(decisionsSaid({ runs: [run("1", "a")], skips: [] })).toBe("1 function listened; it started 1 run.");
  expect(decisionsSaid({ runs: [run("1", "a")], skips: [skip("2", "b"), skip("3", "c")] })).toBe(
    "3 functions listened; it started 1 run, and was passed over 2 times.",
  );
});
