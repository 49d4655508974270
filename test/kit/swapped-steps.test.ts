// Two kinds of step may share an op on the wire: code that asks for one must not be given what the other has left, nor be
// kept waiting for it.
import { beforeAll, describe, expect, test } from "vitest";
import { createFunction, type Step } from "../../sdk-ts/src/index.ts";
import type { TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";

const quick = createFunction({ id: "quick", handler: ({ step }) => step.run("work", () => "a text") });
const patient = createFunction({ id: "patient", handler: ({ step }) => step.sleep("long", "30d") });

const KINDS = {
  invoke: (step: Step, child: typeof quick | typeof patient) => step.invoke("it", child),
  spawn: (step: Step, child: typeof quick | typeof patient) => step.spawn("it", child),
  input: (step: Step) => step.waitForInput("it"),
  approval: (step: Step) => step.waitForApproval("it"),
};
type Kind = keyof typeof KINDS;

let kind: Kind;
const settled = createFunction({
  id: "settled",
  handler: async ({ step }) => {
    await KINDS[kind](step, quick);
    await step.sleep("rest", "1d");
  },
});
const open = createFunction({
  id: "open",
  handler: ({ step }) => Promise.all([KINDS[kind](step, patient), step.sleep("rest", "1d")]),
});
const renamed = { input: "waitForInput", approval: "waitForApproval", invoke: "invoke", spawn: "spawn" };
const SWAPS: readonly [Kind, Kind][] = [
  ["invoke", "spawn"],
  ["spawn", "invoke"],
  ["input", "approval"],
  ["approval", "input"],
];

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({ functions: [settled, open, quick, patient] });
});

describe.each(SWAPS)("%s that became %s", (before, after) => {
  test.each([
    ["its result is there", settled],
    ["it is not over", open],
  ])(`${renamed[before]}: the run pauses when %s`, async (_, fn) => {
    kind = before;
    const run = await kit.start(fn);
    await kit.settled();
    if (fn === settled && before === "input") await run.answer("it", { approved: true });
    if (fn === settled && before === "approval") await run.approve("it");
    await kit.settled();
    kind = after;
    await kit.advance("1d");
    const { failure, status } = await run.state();
    expect({ status, name: failure?.name }).toEqual({ status: "paused", name: "NondeterminismError" });
    expect(failure?.message).toContain(`is recorded as "${before}", and the code now asks for "${after}"`);
    await run.cancel();
  });
});
