import { expect, test } from "vitest";
import { barsOf, sumBars } from "./bars.ts";
import { forest, phase, span } from "./span.fixture.ts";

test("a step is its tries with the pauses between them; what came too late is not", () => {
  const grown = forest(
    span("a", 0, 100),
    span("a.1", 0, 10, { parent: "a", kind: "attempt", status: "failed", phases: [phase("app", 0, 10)] }),
    span("a.2", 50, 60, { parent: "a", kind: "attempt", status: "late", phases: [phase("app", 50, 60)] }),
    span("a.3", 60, 100, {
      parent: "a",
      kind: "attempt",
      phases: [phase("queue", 60, 70), phase("app", 70, 100)],
    }),
  );
  expect(barsOf(grown, 0)).toEqual([
    phase("app", 0, 10),
    phase("retry", 10, 60),
    phase("queue", 60, 70),
    phase("app", 70, 100),
  ]);
});

test("what goes on has an open end, by what is known of it", () => {
  const sleep = forest(span("nap", 5, null, { kind: "sleep" }));
  expect(barsOf(sleep, 0)).toEqual([phase("sleep", 5, null)]);
  const tried = forest(
    span("a", 0, null, { status: "retrying" }),
    span("a.1", 0, 10, { parent: "a", kind: "attempt", status: "failed", phases: [phase("app", 0, 10)] }),
  );
  expect(barsOf(tried, 0)).toEqual([phase("app", 0, 10), phase("retry", 10, null)]);
  expect(barsOf(tried, 0, "limit").at(-1)).toEqual(phase("limit", 10, null));
});

test("phases are added up, what is open until now", () => {
  expect(sumBars([phase("app", 0, 10), phase("retry", 10, 15), phase("app", 15, null)], 40)).toEqual([
    { phase: "app", ms: 35 },
    { phase: "retry", ms: 5 },
  ]);
});
