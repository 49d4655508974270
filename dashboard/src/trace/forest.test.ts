import { expect, test } from "vitest";
import { badOnes, stepsInside } from "./forest.ts";
import { forest, span } from "./span.fixture.ts";

test("steps stand in their branch, and tries in their step where there are several", () => {
  const { roots, childrenOf, attemptsOf } = forest(
    span("branch", 0, 10),
    span("a", 0, 4, { parent: "branch" }),
    span("a.1", 0, 4, { parent: "a", kind: "attempt" }),
    span("b", 4, 10),
    span("b.1", 4, 5, { parent: "b", kind: "attempt", status: "failed" }),
    span("b.1.limit-1", 4, 4, { parent: "b.1", kind: "limit" }),
    span("b.2", 6, 10, { parent: "b", kind: "attempt" }),
  );
  expect(roots).toEqual([0, 3]);
  expect(childrenOf.get(0)).toEqual([1]);
  expect(childrenOf.get(1)).toBeUndefined();
  expect(childrenOf.get(3)).toEqual([4, 6]);
  expect(attemptsOf.get(1)).toEqual([2]);
});

test("what a page has not brought yet is no parent", () => {
  expect(forest(span("a", 0, 1, { parent: "on a later page" })).roots).toEqual([0]);
});

test("what failed is told with what it stands in", () => {
  const grown = forest(
    span("fine", 0, 1),
    span("branch", 0, 10),
    span("a", 0, 4, { parent: "branch" }),
    span("a.1", 0, 1, { parent: "a", kind: "attempt", status: "transport" }),
    span("a.2", 2, 4, { parent: "a", kind: "attempt" }),
    span("late", 0, 4, { kind: "attempt", status: "late" }),
  );
  expect([...badOnes(grown)].sort()).toEqual([1, 2, 3]);
});

test("what contains steps began with the first of them, and stands there", () => {
  const grown = forest(
    span("before", 0, 5),
    span("after", 50, 60),
    span("group", 90, 95),
    span("item", 10, 20, { parent: "group" }),
    span("undo", 99, 100, { parent: "group", kind: "compensation" }),
  );
  expect(grown.roots).toEqual([0, 2, 1]);
  expect(stepsInside(grown, 2)).toEqual([3]);
});
