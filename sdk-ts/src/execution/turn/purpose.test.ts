import { expect, test } from "vitest";
import { Purpose } from "./purpose.ts";

const fence = "f";

test.each([
  ["continues the run", new Purpose({ kind: "advance", fence }, false), { begins: true, isTask: false }],
  ["only looks", new Purpose({ kind: "advance", fence }, true), { begins: false, isTask: false }],
  ["runs the step", new Purpose({ kind: "step", step: "a", fence }, false), { begins: true, isTask: true }],
  [
    "runs another step",
    new Purpose({ kind: "step", step: "b", fence }, false),
    { begins: false, isTask: true },
  ],
  [
    "undoes the step",
    new Purpose({ kind: "compensate", step: "a", fence }, false),
    { begins: false, isTask: false },
  ],
])("what a turn begins that %s", (_, purpose, expected) => {
  expect({ begins: purpose.begins("a"), isTask: purpose.isTask }).toEqual(expected);
});

test("only the step that it is there for is undone", () => {
  const purpose = new Purpose({ kind: "compensate", step: "a", fence }, false);
  expect([purpose.undoes("a"), purpose.undoes("b")]).toEqual([true, false]);
  expect(new Purpose({ kind: "step", step: "a", fence }, false).undoes("a")).toBe(false);
});

test("a turn for one step says whether it has come to it", () => {
  const task = new Purpose({ kind: "step", step: "a", fence }, false);
  task.begins("b");
  expect(task.isUnmet).toBe(true);
  task.begins("a");
  expect(task.isUnmet).toBe(false);
  const undoing = new Purpose({ kind: "compensate", step: "a", fence }, false);
  undoing.begins("a");
  expect(undoing.isUnmet).toBe(true);
  undoing.undoes("a");
  expect(undoing.isUnmet).toBe(false);
  expect(new Purpose({ kind: "advance", fence }, false).isUnmet).toBe(false);
});
