// The test kit itself: time that jumps, crashes that happen where they are asked for, and nothing left behind.
import { beforeAll, describe, expect, test, vi } from "vitest";
import { createFunction, Durable, NonRetriableError } from "../../sdk-ts/src/index.ts";
import type { EngineTesting } from "../../sdk-ts/src/testing/bench.ts";
import { CrashMatrixError, crashMatrix, type TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";

const calls: string[] = [];
const note = (what: string) => {
  calls.push(what);
  return what;
};

const sleeper = createFunction({
  id: "sleeper",
  trigger: { event: "sleep" },
  handler: async ({ step }) => {
    for (const day of [1, 2, 3]) {
      await step.sleep("day", "1d");
      await step.run("wake", () => note(`day ${day}`));
    }
    return "rested";
  },
});

const order = createFunction({
  id: "order",
  trigger: { event: "order" },
  handler: async ({ event, step }) => {
    const paid = await step.run("charge", ({ idempotencyKey }) => {
      note(`charge ${idempotencyKey.length > 0}`);
      return event.data.amount as number;
    });
    await step.sleep("rest", "2h");
    const told = await step.waitForEvent("told", { event: "order.told", timeout: "3d" });
    await step.sendEvent("tell", { name: "order.done", data: { paid } });
    await step.run("ship", () => note("ship"));
    return { paid, told: told?.data ?? null };
  },
});

const failing = createFunction({
  id: "failing",
  retry: { max: 3, backoff: "constant", base: "1h" },
  handler: async ({ step }) => {
    await step.run("try", ({ attempt }) => {
      note(`try ${attempt}`);
      throw attempt === 3 ? new NonRetriableError("no more") : new Error("not yet");
    });
  },
});

const outside = createFunction({
  id: "outside",
  retry: { max: 2, backoff: "constant", base: "1h" },
  handler: () => {
    throw new RangeError("no line");
  },
});

const large = createFunction({
  id: "large",
  handler: async ({ step }) => {
    const pages: string[] = [];
    for (let page = 0; page < 3; page += 1) pages.push(await step.run("page", () => "x".repeat(2_000_000)));
    return pages.reduce((sum, page) => sum + page.length, 0);
  },
});

let goOn = () => {};
const told = createFunction({
  id: "told",
  handler: async ({ step }) => {
    let at = "before the token";
    step.onQuery("at", () => at);
    const token = step.createToken("t");
    at = "behind the token";
    step.setState({ url: token.url });
    await step.run("work", async ({ heartbeat }) => {
      await heartbeat({ detail: "half way" });
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
    });
    return step.waitForSignal("t", { token, timeout: "1d" });
  },
});

const counted = createFunction({ id: "counted", trigger: { event: "counted" }, handler: () => 1 });

const unsteady = createFunction({
  id: "unsteady",
  handler: ({ step }) => step.run("count", () => calls.push("count")),
});

const asking = createFunction({
  id: "asking",
  handler: async ({ step }) => {
    const answer = await step.waitForInput<number>("amount", { timeout: "2d", remindAfter: "1d" });
    const decision = await step.waitForApproval("sign");
    await step.run("pay", () => note(`pay ${answer?.value}`));
    return { amount: answer?.value, by: answer?.by, approved: decision?.approved };
  },
});

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({
    functions: [sleeper, order, failing, outside, large, told, counted, unsteady, asking],
  });
});

describe("time", () => {
  test("advance fires everything on the way, in its order", async () => {
    calls.length = 0;
    const { runs } = await kit.send({ name: "sleep" });
    await kit.advance("1d");
    expect(calls).toEqual(["day 1"]);
    await kit.advance("47h");
    expect(calls).toEqual(["day 1", "day 2"]);
    await kit.advance("1h");
    await expect(runs[0]!.state()).resolves.toMatchObject({ status: "completed", output: "rested" });
  });

  test("toNextTimer says how far it was", async () => {
    const run = await kit.start(sleeper);
    await kit.settled();
    expect(await run.status()).toBe("waiting");
    const before = await kit.now();
    expect(Math.round((await kit.toNextTimer())! / 3_600_000)).toBe(24);
    expect((await kit.now()).getTime() - before.getTime()).toBeGreaterThanOrEqual(86_000_000);
    expect((await run.steps()).map(({ name, status }) => `${name} ${status}`)).toEqual([
      "day ok",
      "wake ok",
      "day pending",
    ]);
    await run.cancel("enough");
    expect(await run.ended()).toMatchObject({ status: "cancelled" });
    expect(await kit.toNextTimer()).toBeNull();
  });

  test("a run is awaited over its retries, and throws what it failed with", async () => {
    calls.length = 0;
    await expect(kit.run(failing)).rejects.toThrow("no more");
    expect(calls).toEqual(["try 1", "try 2", "try 3"]);
  });

  test("a run that nobody moves says so instead of hanging", async () => {
    const stuck = await openKit({
      functions: [createFunction({ id: "stuck", handler: () => new Promise(() => {}) })],
      patience: "300ms",
    });
    const run = await stuck.start("stuck");
    await expect(run.ended()).rejects.toThrow("Something is still going on after 300 ms");
    await run.cancel();
  });
});

describe("crashes", () => {
  test.each([
    ["answer", 2],
    ["before-commit", 2],
    ["commit", 1],
    ["result", 1],
  ] as const)("%s: the step's code runs %i times", async (point, times) => {
    calls.length = 0;
    const crash = kit.crashAfter("charge", point);
    const run = await kit.start(order, { amount: 5 });
    await kit.settled();
    await crash.happened;
    await kit.advance("2h");
    await kit.send({ name: "order.told", data: "hello" });
    expect(await run.ended()).toMatchObject({ status: "completed", output: { paid: 5, told: "hello" } });
    expect(calls.filter((call) => call.startsWith("charge"))).toHaveLength(times);
    expect(calls.filter((call) => call === "ship")).toHaveLength(1);
  });

  test("the matrix holds every crash to the run without one", { timeout: 120_000 }, async () => {
    const { crashes, steps } = await crashMatrix({
      kit,
      fn: order,
      data: () => ({ amount: 7 }),
      drive: async (_, own) => void (await own.send({ name: "order.told", data: 1 })),
    });
    expect(steps.map(({ name }) => name)).toEqual(["charge", "rest", "told", "tell", "ship"]);
    expect(crashes).toHaveLength(20);
  });

  test("the matrix finds a step whose result depends on how often it ran", async () => {
    calls.length = 0;
    const found = crashMatrix({
      kit,
      fn: unsteady,
      before: () => void calls.splice(0),
      points: ["answer"],
    });
    await expect(found).rejects.toThrow(CrashMatrixError);
  });
});

describe("the way back to the engine", () => {
  test("results that one request cannot hold are fetched, and the run goes on", async () => {
    expect(await kit.run(large)).toBe(6_000_000);
  });

  test("what a body says of itself is seen, and a token's URL completes it", async () => {
    const run = await kit.start(told);
    await vi.waitFor(async () => expect((await run.state()).why).toContain("half way"), { timeout: 20_000 });
    goOn();
    await kit.settled();
    const { url } = (await run.state()).state as { url: string };
    expect(await new Durable({ app: "test", url: kit.url }).query(run.id, "at")).toBe("behind the token");
    expect((await fetch(url, { method: "POST", body: "7" })).status).toBe(200);
    expect((await run.ended()).output).toBe(7);
  });

  test("a one-off call makes no token, and says why", async () => {
    const called = new Durable({ app: "test", url: kit.url }).call(told);
    await expect(called).rejects.toThrow(
      /Token "t": a one-off call has no run, so it cannot wait for a token\./,
    );
  });
});

test("all runs are listed, and there may be more than a page of them", async () => {
  const before = await kit.runs();
  const { runs } = await kit.send(Array.from({ length: 210 }, () => ({ name: "counted" })));
  const after = (await kit.runs()).map(({ id }) => id);
  expect(after.length).toBe(before.length + 210);
  expect(new Set(after).size).toBe(after.length);
  expect(runs.every(({ id }) => after.includes(id))).toBe(true);
});

describe("why it waits", () => {
  test("a step that is tried again says what it failed with", async () => {
    const run = await kit.start(failing);
    await kit.settled();
    expect((await run.state()).why).toMatch(
      /^It waits: step "try" is tried again at \S+, as attempt 2 \(Error: not yet\)\.$/,
    );
    await run.cancel();
  });

  test("so does a function that failed outside of its steps", async () => {
    const run = await kit.start(outside);
    await kit.settled();
    expect((await run.state()).why).toMatch(
      /^It waits: the function is tried again at \S+, after 1 try failed \(RangeError: no line\)\.$/,
    );
    await run.cancel();
  });
});

describe("people", () => {
  test("what is asked is answered by a test, and is asked once", async () => {
    const run = await kit.start(asking);
    await expect(run.approve("sign")).rejects.toThrow(
      /asks nobody for "sign".*waits for the input of anybody/,
    );
    await run.answer("amount", 5, { by: "ann" });
    await expect(run.answer("amount", 6)).rejects.toThrow('asks nobody for "amount"');
    await run.reject("sign");
    expect((await run.ended()).output).toEqual({ amount: 5, by: "ann", approved: false });
  });

  test("time jumps over a reminder to the end", async () => {
    const run = await kit.start(asking);
    expect(await kit.toNextTimer()).toBeGreaterThan(86_000_000);
    expect(await run.status()).toBe("waiting");
    await kit.toNextTimer();
    await run.approve("sign");
    expect((await run.ended()).output).toEqual({ approved: true });
  });

  test("nobody is asked twice, and no answer is lost, whatever dies", { timeout: 120_000 }, async () => {
    const { crashes } = await crashMatrix({
      kit,
      fn: asking,
      drive: async (run) => {
        await run.answer("amount", 5, { by: "ann" });
        await run.approve("sign");
      },
    });
    expect(crashes.length).toBeGreaterThan(8);
  });
});

test("the engine's half is what the kit loads", async () => {
  // Not only at run time: the compiler compares them here.
  const engine: EngineTesting = await import("@durable/engine/testing");
  expect(engine.openBench).toBeTypeOf("function");
});
