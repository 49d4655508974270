import { expect, test } from "vitest";
import { type TreeRun, treeLines } from "./tree-lines.ts";

const run = (id: string, parent: string | null): TreeRun => ({
  run: id,
  app: null,
  parent: parent === null ? null : { run: parent, app: null, step: null, kind: "invoke" },
  ...{ function: "f", status: "completed", created_at: "2026-01-01T00:00:00.000Z", ended_at: null },
});

test("each run stands below its parent, in the order in which they came", () => {
  const lines = treeLines([
    run("top", "above"),
    run("a", "top"),
    run("b", "top"),
    run("a1", "a"),
    run("b1", "b"),
  ]);
  expect(lines.map(({ run, depth }) => `${depth} ${run.run}`)).toEqual([
    "0 top",
    "1 a",
    "2 a1",
    "1 b",
    "2 b1",
  ]);
  expect(treeLines([])).toEqual([]);
});
