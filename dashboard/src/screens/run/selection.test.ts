import { expect, test } from "vitest";
import { growForest } from "../../trace/forest.ts";
import { span, trace } from "../../trace/span.fixture.ts";
import { findSelection, stepOf } from "./selection.ts";

const load = (...spans: Parameters<typeof growForest>[0]) => ({
  trace: trace(spans),
  forest: growForest(spans),
});
const loaded = new Map([
  ["root", load(span("call", 0, 9, { kind: "child", run: "child" }), span("a", 0, 1))],
  ["child", load(span("x", 1, 2))],
]);

test("an address is followed through child runs, and leads nowhere where they are not there", () => {
  const found = (id: string) => {
    const selection = findSelection(id, "root", loaded);
    return selection === null ? null : `${selection.run} ${selection.at}`;
  };
  expect(["root", "a", "call", "call/x"].map(found)).toEqual(["root -1", "root 1", "root 0", "child 0"]);
  expect(["b", "a/x", "call/y", ""].map(found)).toEqual([null, null, null, null]);
});

test("a try and its wait are of their step", () => {
  expect(["ab", "ab.2", "ab.2.limit-1"].map((id) => stepOf({ id }))).toEqual(["ab", "ab", "ab"]);
});
