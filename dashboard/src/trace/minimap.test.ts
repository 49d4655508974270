import { expect, test } from "vitest";
import { minimapOf } from "./minimap.ts";
import { timeScale } from "./scale.ts";
import { forest, phase, span } from "./span.fixture.ts";

test("each column says how much of what goes on at once, and where something failed", () => {
  const grown = forest(
    span("nap", 0, 500, { kind: "sleep" }),
    span("a", 500, 1_000, { status: "err" }),
    span("a.1", 500, 1_000, {
      ...{ parent: "a", kind: "attempt", status: "failed" },
      phases: [phase("queue", 500, 740), phase("app", 750, 1_000)],
    }),
  );
  const { counts, bad, most } = minimapOf(grown, timeScale(0, 1_000), 4);
  expect([...counts.rest.slice(0, 4)]).toEqual([1, 1, 1, 0]);
  expect([...counts.held.slice(0, 4)]).toEqual([0, 0, 1, 0]);
  expect([...counts.work.slice(0, 4)]).toEqual([0, 0, 0, 1]);
  expect([...bad]).toEqual([0, 0, 0, 1]);
  expect(most).toBe(2);
});
