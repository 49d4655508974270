import { expect, test } from "vitest";
import { unionOf } from "./topics.ts";

test("topics of several tabs are told once, from the earliest start", () => {
  expect(unionOf([["runs", "run:a@7"], ["run:a@3", "counters"], ["runs"]])).toEqual([
    "counters",
    "run:a@3",
    "runs",
  ]);
});

test("who wants all of a run is not given the end of it", () => {
  expect(unionOf([["run:a@7"], ["run:a"]])).toEqual(["run:a"]);
});
