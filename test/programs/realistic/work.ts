// Imports, loops, children and races.

import { createFunction, NonRetriableError } from "../../../sdk-ts/src/index.ts";
import { callOutside, flaky, type RealisticProgram } from "./realistic-program.ts";

const fanOut = createFunction({
  id: "fan-out-import",
  handler: ({ step }) =>
    step.forEach([1, 2, 3, 4], (row, _, s) => s.run("import", () => row * 10), { concurrency: 2 }),
});

const nested = createFunction({
  id: "nested-loops",
  handler: ({ step }) =>
    step.forEach("sheets", [1, 2], (sheet, _, s) =>
      s.forEach("rows", [1, 2], (row, __, inner) => inner.run("cell", () => sheet * row)),
    ),
});

const pollingLoop = createFunction({
  id: "polling-loop",
  handler: async ({ step }) => {
    for (let turn = 1; ; turn += 1) {
      if (await step.run("look", () => turn === 3)) return turn;
      await step.sleep("pause", "10m");
    }
  },
});

const leaf = createFunction({
  id: "leaf",
  handler: ({ event, step }) => step.run("work", () => (event.data as number) * 2),
});
const middle = createFunction({
  id: "middle",
  handler: async ({ event, step }) => {
    const doubled = await step.invoke("leaf", leaf, { input: event.data as number });
    return step.run("add one", () => doubled + 1);
  },
});
const nestedChildren = createFunction({
  id: "nested-children",
  handler: async ({ step }) => {
    const results = await Promise.all([1, 2].map((n) => step.invoke(`middle ${n}`, middle, { input: n })));
    return step.run("sum", () => results.reduce((sum, each) => sum + each, 0));
  },
});

const broken = createFunction({
  id: "broken",
  retry: { max: 2 },
  handler: ({ step }) =>
    step.run("work", () => {
      throw new TypeError("it is broken");
    }),
});
const brokenChild = createFunction({
  id: "broken-child",
  handler: async ({ step }) => {
    const because = await step.invoke("child", broken).catch((error: Error) => error.message);
    return step.run("note", callOutside(because));
  },
});

const spawner = createFunction({
  id: "spawner",
  handler: async ({ step }) => {
    for (const n of [1, 2]) await step.spawn(`leaf ${n}`, leaf, { input: n });
    await step.sleep("rest", "1h");
    return step.run("done", () => "all started");
  },
});

const quorum = createFunction({
  id: "quorum",
  handler: async ({ step }) => {
    const votes = await step.parallel(
      [
        (s) => s.run("north", () => 1),
        (s) => s.run("south", () => 2),
        (s) => s.sleep("nobody answers", "30d").then(() => 0),
      ],
      { join: 2, name: "votes" },
    );
    return step.run("count", () => votes.reduce((sum, each) => sum + each, 0));
  },
});

const noQuorum = createFunction({
  id: "no-quorum",
  handler: async ({ step }) => {
    const refuse = () => {
      throw new NonRetriableError("no");
    };
    await step.parallel(
      { north: (s) => s.run("north", refuse), south: (s) => s.sleep("nobody answers", "30d") },
      { join: 2, name: "votes" },
    );
  },
});

const cleanUp = createFunction({
  id: "clean-up",
  handler: async ({ step }) => {
    try {
      await step.run(
        "risky",
        () => {
          throw new RangeError("too far");
        },
        { retry: { max: 2, base: "1h" } },
      );
      return "well";
    } catch (error) {
      return await step.run("tidy", callOutside((error as Error).message));
    } finally {
      await step.run("close", callOutside("closed"));
    }
  },
});

const firstMirror = createFunction({
  id: "first-mirror",
  handler: async ({ step }) => {
    const from = await step.parallel(
      { dead: (s) => s.sleep("dead", "30d").then(() => ""), alive: (s) => s.run("load", flaky("file")) },
      { join: "first", name: "mirrors" },
    );
    return step.run("store", callOutside(from.branch));
  },
});

export const work: readonly RealisticProgram[] = [
  { fn: fanOut },
  { fn: nested },
  { fn: pollingLoop },
  { fn: nestedChildren },
  { fn: brokenChild, outside: 1 },
  { fn: spawner },
  { fn: quorum },
  { fn: noQuorum, ends: "failed" },
  { fn: cleanUp, outside: 2 },
  { fn: firstMirror, outside: 1 },
];

/** What they start. */
export const children = [leaf, middle, broken];
