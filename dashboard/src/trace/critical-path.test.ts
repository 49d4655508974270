import { expect, test } from "vitest";
import { criticalPath } from "./critical-path.ts";
import { forest, span } from "./span.fixture.ts";

const path = (grown: ReturnType<typeof forest>, endMs: number) =>
  [...criticalPath(grown, endMs)].map((at) => grown.spans[at]!.id).sort();

test("of parallel steps the one that ended last was waited for", () => {
  expect(
    path(
      forest(span("first", 0, 100), span("short", 100, 200), span("long", 100, 900), span("last", 900, 950)),
      1_000,
    ),
  ).toEqual(["first", "last", "long"]);
});

test("what still went on when the moment came was not waited for", () => {
  expect(path(forest(span("a", 0, 600), span("b", 500, 1_000)), 1_000)).toEqual(["b"]);
  expect(path(forest(span("winner", 0, 400), span("loser", 0, 900, { status: "cancelled" })), 400)).toEqual([
    "winner",
  ]);
});

test("branches are on it by what they contain, and tries by their step", () => {
  const grown = forest(
    span("branch", 0, 500),
    span("in", 0, 500, { parent: "branch" }),
    span("in.1", 0, 100, { parent: "in", kind: "attempt", status: "failed" }),
    span("in.2", 200, 500, { parent: "in", kind: "attempt" }),
    span("beside", 0, 300),
  );
  expect(path(grown, 500)).toEqual(["branch", "in"]);
});

test("of a run that goes on: what it waits for now", () => {
  expect(
    path(forest(span("done", 0, 100), span("open", 100, null), span("young", 400, null)), 1_000),
  ).toEqual(["done", "open"]);
});

test("a step that is undone later is on it as itself, and so is what undoes it", () => {
  const undo = { parent: "book", kind: "compensation" as const };
  expect(
    path(forest(span("book", 0, 100), span("pay", 100, 200), span("undo", 200, 300, undo)), 300),
  ).toEqual(["book", "pay", "undo"]);
});
