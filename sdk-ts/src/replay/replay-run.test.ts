import { stepId } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { createFunction } from "../function.ts";
import type { Step } from "../steps/step.ts";
import { type RecordedRun, type RecordedStep, replayRun } from "./replay-run.ts";

const recorded = (seq: number | null, op: string, name: string, value: unknown = null): RecordedStep => ({
  id: stepId("", name, 0),
  group: null,
  seq,
  op,
  name,
  n: 0,
  status: seq === null ? "pending" : "ok",
  value,
  failure: null,
});

const run = (status: string, steps: readonly RecordedStep[], output: unknown = null): RecordedRun => ({
  id: "run-1",
  app: "app",
  function: "f",
  status,
  created_at: "2026-01-01T00:00:00.000Z",
  event: { id: "e", name: "go", data: { amount: 4 }, time: "2026-01-01T00:00:00.000Z" },
  output,
  steps,
});

function replay(of: RecordedRun, handler: (step: Step) => Promise<unknown>) {
  return replayRun([createFunction({ id: "f", handler: ({ step }) => handler(step) })], of);
}

const bodies: string[] = [];
const body = (name: string) => () => void bodies.push(name);
const JOURNAL = [recorded(1, "run", "charge", 8), recorded(2, "sleep", "nap"), recorded(3, "run", "mail")];

test("code that takes the recorded path is given all results, and no body runs", async () => {
  const seen: unknown[] = [];
  const replayed = await replay(run("completed", JOURNAL, 8), async (step) => {
    const total = await step.run("charge", body("charge"));
    seen.push(total);
    await step.sleep("nap", 10);
    await step.run("mail", body("mail"));
    return total;
  });
  expect(replayed).toEqual({ given: 3, of: 3, end: "returned", divergence: null });
  expect(seen).toEqual([8]);
  expect(bodies).toEqual([]);
});

test("a renamed step is named with what is recorded in its place, and where the code asks for it", async () => {
  const { divergence, given } = await replay(run("completed", JOURNAL), async (step) => {
    await step.run("charge", body("charge"));
    await step.run("refund", body("refund"));
  });
  expect(given).toBe(1);
  expect(divergence).toMatchObject({
    message:
      'The code asks for run "refund" (0), and recorded is entry 2, sleep "nap" (0), which it did not ask for.',
    asked: { op: "run", name: "refund" },
    recorded: { seq: 2, name: "nap" },
  });
  expect(divergence!.frame).toMatch(/replay-run\.test\.ts:\d+:\d+\n/);
  expect(bodies).toEqual([]);
});

test("another kind of step under the name is a disagreement", async () => {
  const { divergence } = await replay(run("completed", JOURNAL), (step) => step.sleep("charge", 10));
  expect(divergence?.message).toMatch(/"charge"/);
});

test.each([
  ["returns early", async () => null, /^The code returns, and recorded is entry 1, run "charge"/],
  [
    "throws where the run did not",
    () => Promise.reject(new Error("boom")),
    /^The code throws "boom" outside of any step/,
  ],
])("code that %s", async (_, handler, message) => {
  const { divergence } = await replay(run("completed", JOURNAL), handler);
  expect(divergence?.message).toMatch(message);
});

test("an ended run is held against its output, and against steps that it never had", async () => {
  const all = async (step: Step) => {
    await step.run("charge", body("charge"));
    await step.sleep("nap", 10);
    await step.run("mail", body("mail"));
  };
  const other = await replay(run("completed", JOURNAL, { total: 8 }), all);
  expect(other.divergence?.message).toMatch(/something else than the output/);
  const more = await replay(run("completed", JOURNAL), async (step) => {
    await all(step);
    await step.run("more", body("more"));
  });
  expect(more.divergence?.message).toBe(
    'The code asks for run "more" (0), and the run has ended (completed) without it.',
  );
});

test("a live run: what is open is waited for, and what comes next is no other way", async () => {
  const live = run("waiting", [JOURNAL[0]!, recorded(null, "sleep", "nap")]);
  const replayed = await replay(live, async (step) => {
    await step.run("charge", body("charge"));
    await Promise.all([step.sleep("nap", 10), step.run("next", body("next"))]);
  });
  expect(replayed).toEqual({ given: 1, of: 1, end: "waits", divergence: null });
});

test("a function that is not there is named, with those that are", async () => {
  await expect(replayRun([], { ...run("completed", []), function: "g" })).rejects.toThrow(/one of "g".*none/);
});
