import { expect, test } from "vitest";
import { rerunInput, stepsToBeginFrom } from "./rerun-input.ts";
import { run, step } from "./run.fixture.ts";

const choice = { from: "start", version: "newest" as const, data: null, result: null };

test("what was left as it was is not sent", () => {
  expect(rerunInput(run(), choice, undefined).body).toEqual({ version: "newest" });
  expect(rerunInput(run(), { ...choice, from: "failed", version: "same" }, "again").body).toEqual({
    ...{ version: "same", from_step: "failed", reason: "again" },
  });
});

test("a result is given to the step that it begins from; null is a value", () => {
  const result = { value: null };
  expect(
    rerunInput(run(), { ...choice, from: "abc", data: { value: null }, result }, undefined).body,
  ).toEqual({
    ...{ version: "newest", from_step: { step: "abc" }, data: null, result: null },
  });
  expect(rerunInput(run(), { ...choice, result }, undefined).body).toEqual({ version: "newest" });
});

test("a rerun begins from what is in the journal and shown to code", () => {
  const steps = [
    step("a"),
    step("b", { seq: null }),
    step("c", { group: "g" }),
    step("d", { op: "compensate" }),
  ];
  expect(stepsToBeginFrom(run({ steps })).map(({ id }) => id)).toEqual(["a"]);
});
