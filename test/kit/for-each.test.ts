// What a loop over many items does when one of them is slow, or fails.
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createFunction, NonRetriableError, type Step } from "../../sdk-ts/src/index.ts";
import type { TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";

const began: number[] = [];
let underWay = 0;
let mostUnderWay = 0;
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

const fails = createFunction({
  id: "fails",
  handler: async ({ step }) => {
    const each = (item: number, _: number, own: Step) =>
      own.run("count", () => {
        began.push(item);
        if (item === 5) throw new NonRetriableError("five");
        return item;
      });
    const why = await step.forEach(numbers(250), each, { concurrency: 4 }).catch((error) => error.message);
    await step.sleep("night", "8h");
    return why;
  },
});

const slow = createFunction({
  id: "slow",
  handler: async ({ step }) => {
    const each = async (item: number, _: number, own: Step) => {
      if (item === 3) await own.waitForEvent("somebody", { event: "woken" });
      return own.run("double", () => item * 2);
    };
    const all = await step.forEach(numbers(350), each, { concurrency: 2 });
    return { count: all.length, sum: all.reduce((sum, each) => sum + each, 0), third: all[3] };
  },
});

const wide = createFunction({
  id: "wide",
  handler: async ({ step }) => {
    const each = (item: number, _: number, own: Step) =>
      own.run("hold", async () => {
        underWay += 1;
        mostUnderWay = Math.max(mostUnderWay, underWay);
        await new Promise((resolve) => setTimeout(resolve, 20));
        underWay -= 1;
        return item;
      });
    return (await step.forEach(numbers(220), each, { concurrency: 150 })).length;
  },
});

const together = createFunction({
  id: "together",
  handler: async ({ step }) => {
    const each = async (item: number, _: number, own: Step) => {
      if (item === 0) await own.waitForEvent("word", { event: "word", timeout: "9d" });
      if (item === 1) await own.sleep("hour", "1h");
      if (item === 2)
        await own.run("tries", () => Promise.reject(new Error("not yet")), { retry: { base: "1d" } });
      if (item === 1) throw new NonRetriableError("one");
      return item;
    };
    const why = await step.forEach(numbers(5), each, { concurrency: 3 }).catch((error) => error.message);
    return { why, word: (await step.waitForEvent("word", { event: "word", timeout: "2d" }))?.data };
  },
});

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({ functions: [fails, slow, wide, together] });
});
beforeEach(() => {
  began.length = 0;
});

test("after the first error no other item begins, now and on a replay", async () => {
  expect(await kit.run(fails)).toBe("five");
  // Those that were done, those that were under way beside it, and what these three had taken by then.
  expect(began.length).toBeLessThanOrEqual(12);
});

test("an item that waits holds up its hundred in the memo, and no other item", async () => {
  const run = await kit.start(slow);
  await kit.settled();
  const steps = await run.steps();
  expect(steps.filter(({ op }) => op === "group").map(({ name }) => name)).toEqual([
    "100-199",
    "200-299",
    "300-349",
  ]);
  expect(steps.filter(({ op, status }) => op === "run" && status === "ok")).toHaveLength(349);
  await kit.send({ name: "woken" });
  const { output } = await run.ended();
  expect(output).toEqual({ count: 350, sum: 350 * 349, third: 6 });
  const groups = (await run.steps()).filter(({ op }) => op === "group");
  expect(groups).toHaveLength(4);
});

test("as many items are under way as it was told, more than a hundred too", async () => {
  expect(await kit.run(wide)).toBe(220);
  expect(mostUnderWay).toBe(150);
});

test("what the others have open after the first error is cancelled: they take no event, and try no more", async () => {
  const run = await kit.start(together);
  await kit.settled();
  await kit.advance("2h");
  const open = (await run.steps()).filter(({ status }) => status === "pending" || status === "retrying");
  expect(open.map(({ op, name }) => [op, name])).toEqual([["wait", "word"]]);
  await kit.send({ name: "word", data: "for the handler" });
  await kit.settled();
  expect(await run.state()).toMatchObject({
    status: "completed",
    output: { why: "one", word: "for the handler" },
  });
});
