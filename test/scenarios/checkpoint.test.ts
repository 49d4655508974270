// Long runs with the real SDK: the handler goes on while what it did is recorded, and nothing is sent twice over.
import { expect, test } from "vitest";
import { createFunction, type Step } from "../../sdk-ts/src/index.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { appBehindLines } from "./app-behind-lines.ts";

const bodies: string[] = [];
let handlerCalls = 0;

/** How long the results of so many steps are in all. */
async function sizes(step: Step, steps: number, bytes: number): Promise<number> {
  let sum = 0;
  for (let i = 0; i < steps; i += 1) {
    const text = await step.run("large", ({ idempotencyKey }) => {
      bodies.push(idempotencyKey);
      return "x".repeat(bytes);
    });
    sum += text.length;
  }
  return sum;
}

const loop = createFunction({
  id: "loop",
  trigger: { event: "loop" },
  handler: async ({ event, step }) => {
    handlerCalls += 1;
    const { steps, bytes = 0 } = event.data as { steps: number; bytes?: number };
    if (bytes > 0) return sizes(step, steps, bytes);
    let sum = 0;
    for (let i = 0; i < steps; i += 1) {
      sum += await step.run("add", ({ idempotencyKey }) => {
        bodies.push(idempotencyKey);
        return i;
      });
    }
    return sum;
  },
});

const { engine, toEngine, toApp } = appBehindLines([loop]);

async function runLoop(steps: number, resultBytes = 0) {
  bodies.length = 0;
  handlerCalls = 0;
  toApp.takeBytes();
  toEngine.takeBytes();
  const sent = await engine.call("POST", "/v1/events?app=shop&wait=50", {
    name: "loop",
    data: { steps, bytes: resultBytes },
  });
  expect(sent.status, sent.text).toBe(200);
  const [run] = sent.json.runs;
  return { run, bytes: toApp.takeBytes() + toEngine.takeBytes() };
}

test("a loop of 1,000 steps sends bytes in proportion to its steps, and is replayed only at its beginning", {
  timeout: 180_000,
}, async () => {
  const short = await runLoop(250);
  expect(short.run).toMatchObject({ status: "completed", output: (250 * 249) / 2 });
  const long = await runLoop(1_000);
  expect(long.run).toMatchObject({ status: "completed", output: (1_000 * 999) / 2 });
  expect(new Set(bodies).size).toBe(1_000);
  expect(bodies.length).toBe(1_000);
  // Twice: for each run once.
  expect(handlerCalls).toBeLessThan(2 * 110);
  expect(long.bytes).toBeLessThan(short.bytes * 4.4);
});

test("500 results of 20 KB, which no request holds, cross the line few times each", {
  timeout: 180_000,
}, async () => {
  const { run, bytes } = await runLoop(500, 20_000);
  expect(run).toMatchObject({ status: "completed", output: 10_000_000 });
  expect(new Set(bodies).size).toBe(500);
  expect(bodies.length).toBe(500);
  // Once up, and down again whenever the handler begins anew, which is at its beginning and when its time is up.
  expect(handlerCalls).toBeLessThan(25);
  expect(bytes).toBeLessThan(10_000_000 * 4);
});

test("answers to checkpoints that are lost cost nothing but another try: no body runs twice", async () => {
  let count = 0;
  toEngine.loseAnswers((sent) => sent.includes("/checkpoint") && ++count % 3 === 0);
  const { run } = await runLoop(140);
  toEngine.loseAnswers(() => false);
  expect(count).toBeGreaterThan(10);
  expect(run).toMatchObject({ status: "completed", output: (140 * 139) / 2 });
  expect(bodies.length).toBe(140);
});

test("a run that is cancelled stops its code at its next checkpoint", async () => {
  bodies.length = 0;
  const sent = await engine.call("POST", "/v1/events?app=shop", { name: "loop", data: { steps: 5_000 } });
  const path = `/v1/apps/shop/dev/runs/${sent.json.runs[0].run}`;
  await expect.poll(() => bodies.length).toBeGreaterThan(120);
  await engine.call("POST", `${path}/cancel`);
  const ran = bodies.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(bodies.length).toBeLessThanOrEqual(ran + 1);
});

test("an app that cannot reach the engine answers after every turn, as it does without checkpoints", async () => {
  toEngine.cut();
  const { run } = await runLoop(30);
  toEngine.mend();
  expect(run).toMatchObject({ status: "completed", output: (30 * 29) / 2 });
  expect(bodies.length).toBe(30);
  expect(handlerCalls).toBe(31);
});

test("what the runs left behind is sound", async () => {
  await expectInvariants(engine.database, "after");
  const [left] = await engine.database.sql`select count(*)::int as count from durable.checkpoints`;
  expect(left).toEqual({ count: 0 });
});
