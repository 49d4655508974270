// A bank without idempotency keys: whatever is lost at whichever moment, it is asked at most once, and the run ends.
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createFunction, type Step, StepError, StepInterruptedError } from "../../sdk-ts/src/index.ts";
import type { CrashPoint, TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";

const charges: string[] = [];
let onCharge: () => void = () => {};
let program: (step: Step) => Promise<unknown> = async () => null;

function charge(name: string): string {
  charges.push(name);
  onCharge();
  return name;
}

const once = (step: Step, name: string) =>
  step
    .run(name, () => charge(name), { atMostOnce: true })
    .catch((error: unknown) => {
      if (!(error instanceof StepInterruptedError)) throw error;
      return error.code;
    });

const bank = createFunction({
  id: "bank",
  retry: { max: 5, backoff: "constant", base: "1s" },
  handler: ({ step }) => program(step),
});

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({ functions: [bank] });
});
beforeEach(() => {
  charges.length = 0;
  onCharge = () => {};
  program = async (step) => [await once(step, "pay"), await step.run("after", () => "well")];
});

const CLAIM_OR_BODY = ["claim", "body"] as const;
const POINTS: readonly CrashPoint[] = ["answer", "before-commit", "commit", "result"];
const crashes = CLAIM_OR_BODY.flatMap((moment) => POINTS.map((point) => [moment, point] as const));
test.each<readonly [(typeof CLAIM_OR_BODY)[number], CrashPoint]>(crashes)(
  "a crash at its %s (%s) charges at most once, and the run ends",
  async (moment, point) => {
    if (moment === "claim") kit.crashAfter("pay", point);
    else onCharge = () => void kit.crashAfter("pay", point);
    const output = (await kit.run(bank)) as string[];
    if (moment === "claim" && point === "commit" && charges.length === 0) {
      // The engine had begun to call for the body when it died.
      expect(output).toEqual(["interrupted", "well"]);
      return;
    }
    expect(charges).toEqual(["pay"]);
    const isUnknown = moment === "body" && (point === "answer" || point === "before-commit");
    expect(output).toEqual([isUnknown ? "interrupted" : "pay", "well"]);
  },
);

test("several beside each other, in Promise.all and in a fan-out, with one of the answers lost", async () => {
  onCharge = () => {
    if (charges.at(-1) === "b") kit.crashAfter("b", "answer");
  };
  program = async (step) => [
    ...(await Promise.all([once(step, "a"), once(step, "b"), step.run("plain", () => "p")])),
    ...(await step.parallel([(s) => once(s, "c"), (s) => s.run("planned", () => "q")], { fanOut: true })),
  ];
  expect(await kit.run(bank)).toEqual(["a", "interrupted", "p", "c", "q"]);
  expect(charges.toSorted()).toEqual(["a", "b", "c"]);
});

test("what it throws is thrown once, and is no interruption", async () => {
  program = (step) =>
    step
      .run(
        "pay",
        () => {
          charge("pay");
          throw new RangeError("too much");
        },
        { atMostOnce: true },
      )
      .catch((error: unknown) => [
        error instanceof StepError,
        error instanceof StepInterruptedError,
        String(error),
      ]);
  expect(await kit.run(bank)).toEqual([true, false, "RangeError: too much"]);
  expect(charges).toHaveLength(1);
});

test("one that nobody catches fails the run, and the function is not tried from the top", async () => {
  onCharge = () => void kit.crashAfter("pay", "answer");
  program = (step) => step.run("pay", () => charge("pay"), { atMostOnce: true });
  const end = await (await kit.start(bank)).ended();
  expect(end).toMatchObject({ status: "failed", failure: { name: "StepInterruptedError" } });
  expect(charges).toHaveLength(1);
});
