// What single turns come to, on the engine of the model.
import type { Op } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { createFunction } from "../../sdk-ts/src/index.ts";
import { random, runToEnd, SmallEngine } from "./small-engine.ts";

test("a body runs once for each answer that was lost, and once more", async () => {
  const engine = new SmallEngine({
    do: "each",
    parts: [
      { do: "run", name: "a" },
      { do: "run", name: "a" },
    ],
  });
  const { calls } = await runToEnd(engine, random(7));
  expect(new Set(engine.ran).size).toBe(2);
  expect(engine.ran.length).toBe(calls - 1);
});

test("code after a step that has no result yet never runs", async () => {
  let after = 0;
  const fn = createFunction({
    id: "f",
    trigger: { event: "start" },
    handler: async ({ step }) => {
      try {
        await step.sleep("rest", "1d");
      } finally {
        after += 1;
      }
    },
  });
  const engine = new SmallEngine({ do: "sleep", name: "rest" });
  engine.fn = fn;
  const answer = await engine.call();
  expect(answer).toMatchObject({ status: "continue", ops: [{ op: "sleep", name: "rest" }] });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(after).toBe(0);
});

test("a handler that ends does not wait for a sleep or an event that nobody awaits", async () => {
  const fn = createFunction({
    id: "f",
    trigger: { event: "start" },
    handler: async ({ step }) => {
      const rest = step.sleep("rest", "30d");
      const wait = step.waitForEvent("news", { event: "news", timeout: "30d" });
      return Promise.any([Promise.resolve("first"), rest, wait]);
    },
  });
  const engine = new SmallEngine({ do: "sleep", name: "rest" });
  engine.fn = fn;
  expect(await engine.call()).toMatchObject({
    status: "done",
    output: { text: '"first"' },
    unclaimed: 0,
  });
});

test("a result is what JSON makes of it, the first time as on every replay", async () => {
  const seen: unknown[] = [];
  const engine = new SmallEngine({ do: "run", name: "a" });
  const fn = createFunction({
    id: "f",
    trigger: { event: "start" },
    handler: async ({ step }) => {
      const result = await step.run("a", () => ({ at: new Date(0), gone: undefined, list: [undefined, 1] }));
      seen.push(result);
      return result;
    },
  });
  engine.fn = fn;
  await runToEnd(engine, () => 0.9);
  await engine.call();
  expect(seen).toEqual(Array(2).fill({ at: "1970-01-01T00:00:00.000Z", list: [null, 1] }));
});

test("steps of one name are told apart by how often it came before", async () => {
  const engine = new SmallEngine({
    do: "both",
    parts: [
      { do: "run", name: "a" },
      { do: "run", name: "a" },
    ],
  });
  const answer = await engine.call();
  expect(answer.status === "continue" && answer.ops.map(({ name, n }) => [name, n])).toEqual([
    ["a", 0],
    ["a", 1],
  ]);
});

test("a name that is recorded as another kind of step is nondeterminism, told with both kinds", async () => {
  const engine = new SmallEngine({ do: "run", name: "a" });
  engine.take(
    (await new SmallEngine({ do: "sleep", name: "a" }).call().then((a) => "ops" in a && a.ops?.[0])) as Op,
  );
  expect(await engine.call()).toMatchObject({
    status: "error",
    error: {
      code: "nondeterminism",
      retry: true,
      message: expect.stringMatching(
        /^Step "a" \(0\) is recorded as "sleep", and the code now asks for "run" under that name, at .*program\.ts:\d+:\d+\.$/,
      ),
      frame: expect.stringContaining("program.ts"),
    },
  });
});
