import { expect, test } from "vitest";
import { step } from "../run/run.fixture.ts";
import { alignSteps, hasDifference } from "./align.ts";

test("steps of one id stand side by side; what only one has is in its place", () => {
  const rows = alignSteps(
    [step("a"), step("b"), step("c")],
    [step("new"), step("a"), step("x"), step("y"), step("c")],
  );
  expect(rows.map(({ name, a, b }) => `${name} ${a ? "a" : "-"}${b ? "b" : "-"}`)).toEqual([
    "new -b",
    "a ab",
    "x -b",
    "y -b",
    "b a-",
    "c ab",
  ]);
});

test("status, attempts, results and failures are compared", () => {
  const failure = { name: "Error", message: "no" };
  const pairs = [
    [step("s"), step("s")],
    [step("s"), step("s", { status: "err", failure })],
    [step("s"), step("s", { attempt: 2 })],
    [step("s", { value: { a: 1 } }), step("s", { value: { a: 2 } })],
  ] as const;
  const rows = pairs.map(([a, b]) => alignSteps([a], [b])[0]!);
  expect(rows.map(({ differs }) => differs)).toEqual([
    { status: false, attempts: false, outcome: false },
    { status: true, attempts: false, outcome: true },
    { status: false, attempts: true, outcome: false },
    { status: false, attempts: false, outcome: true },
  ]);
  expect(rows.map(hasDifference)).toEqual([false, true, true, true]);
});
