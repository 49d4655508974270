// Events that a branch had taken when it lost a race: nobody was given them, so they are there for the next wait.
import { beforeAll, expect, test } from "vitest";
import { createFunction, type Step } from "../../sdk-ts/src/index.ts";
import type { TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";

const wait = (event: string) => (step: Step) => step.waitForEvent(event, { event, timeout: "1d" });

const chat = createFunction({
  id: "chat",
  handler: async ({ step }) => {
    const said: unknown[] = [];
    for (;;) {
      const next = await step.race({ word: wait("word"), end: wait("end") });
      if (next.branch === "end") return { said, end: next.value?.data };
      said.push(next.value?.data);
    }
  },
});

const started = createFunction({
  id: "started",
  handler: async ({ step }) => {
    await step.sleep("hour", "1h");
    const first = await step.race([wait("word")(step), wait("end")(step)]);
    return [first?.name, (await step.waitForEvent("again", { event: "end", timeout: "1d" }))?.data];
  },
});

const all = createFunction({
  id: "all",
  handler: async ({ step }) => {
    const both = [{ event: "left" }, { event: "right" }];
    await step.race([(s) => s.waitForAll("both", both), (s) => s.sleep("hour", "1h")]);
    const again = await step.waitForAll("again", both, { timeout: "2h" });
    const left = await step.waitForEvent("left", { event: "left", timeout: "1h" });
    return { again, left: left?.data };
  },
});

const seen = createFunction({
  id: "seen",
  handler: async ({ step }) => {
    await step.race([
      async (s) => {
        await wait("word")(s);
        await s.sleep("two hours", "2h");
      },
      (s) => s.sleep("hour", "1h"),
    ]);
    return (await step.waitForEvent("again", { event: "word", timeout: "1h" }))?.data ?? "none";
  },
});

const beside = createFunction({
  id: "beside",
  handler: ({ step }) =>
    step.parallel({
      races: (s) =>
        s.race([(b) => b.sleep("hour", "1h"), (b) => b.waitForAll("both", [{ event: "a" }, { event: "b" }])]),
      waits: (s) => s.waitForEvent("a", { event: "a", timeout: "3h" }),
    }),
});

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({ functions: [chat, started, all, seen, beside] });
});

test("a loop of races loses no event that came together with the winner", async () => {
  const run = await kit.start(chat);
  await kit.settled();
  await kit.send([
    { name: "word", data: 1 },
    { name: "word", data: 2 },
    { name: "end", data: "bye" },
  ]);
  await kit.settled();
  expect(await run.state()).toMatchObject({ status: "completed", output: { said: [1, 2], end: "bye" } });
});

test("nor does one of promises that were started before", async () => {
  const run = await kit.start(started);
  await kit.settled();
  await kit.send([{ name: "word" }, { name: "end", data: 7 }]);
  expect((await run.ended()).output).toEqual(["word", 7]);
});

test("what came of several that were wanted is there again, after a lost race and after a timeout", async () => {
  const run = await kit.start(all);
  await kit.settled();
  await kit.send({ name: "left", data: "first" });
  expect((await run.ended()).output).toEqual({ again: null, left: "first" });
});

test("an event that the branch was given is not given again", async () => {
  const run = await kit.start(seen);
  await kit.settled();
  await kit.send({ name: "word", data: 1 });
  expect((await run.ended()).output).toBe("none");
});

test("a wait beside the race that had looked past it gets it", async () => {
  const run = await kit.start(beside);
  await kit.settled();
  await kit.send({ name: "a", data: "for both" });
  await kit.settled();
  expect((await run.ended()).output).toMatchObject({ waits: { data: "for both" } });
});
