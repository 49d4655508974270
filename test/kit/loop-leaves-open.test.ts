// What an item of a loop leaves open when it is done: nobody asks for it again, so it goes with the loop's group.
import { beforeAll, expect, test } from "vitest";
import { createFunction } from "../../sdk-ts/src/index.ts";
import type { TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";

const impatient = createFunction({
  id: "impatient",
  handler: async ({ step }) => {
    const first = await step.forEach([1, 2], (item, _, each) =>
      Promise.race([
        each.run("quick", () => item),
        each.parallel(
          [
            (branch) =>
              branch.run(
                "slow",
                () => {
                  throw new Error("not yet");
                },
                { retry: { backoff: ["1h"] } },
              ),
          ],
          { fanOut: true },
        ),
        each.sleep("nap", "1h"),
      ]),
    );
    await step.sleep("later", "2h");
    return first;
  },
});

const forgetful = createFunction({
  id: "forgetful",
  handler: ({ step }) =>
    step.forEach([1], async (item, _, each) => {
      const done = await each.run("quick", () => item);
      void each.waitForApproval("may I");
      void each.run("plan", () => item, { atMostOnce: true });
      return done;
    }),
});

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({ functions: [impatient, forgetful] });
});

test("a task that an item of a loop left behind pauses no run", async () => {
  const run = await kit.start(impatient);
  const { status, why, output, steps } = await run.ended();
  expect({ status, output, why }).toMatchObject({ status: "completed", output: [1, 2] });
  const left = steps.filter(({ name }) => name === "slow" || name === "nap");
  expect(left.map((step) => step.status)).toEqual(Array(4).fill("cancelled"));
});

test("what an item begins as it ends, and does not wait for, is not asked of anybody", async () => {
  const { status, output, steps } = await (await kit.start(forgetful)).ended();
  expect({ status, output }).toEqual({ status: "completed", output: [1] });
  expect(steps.map(({ op }) => op).toSorted()).toEqual(["group", "run"]);
});
