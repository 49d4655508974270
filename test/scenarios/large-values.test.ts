// A value over the limit: the run pauses and says which, how large and what to do; resumed, it keeps all its steps.
import { createFunction, type Step, StepInterruptedError, ValueTooLargeError } from "@durable/sdk";
import { beforeEach, expect, test } from "vitest";
import { engineWithApp } from "./engine-with-app.ts";

const LARGE = "x".repeat(4 * 1024 * 1024);

let calls: string[] = [];
/** What the deployed code does after its first step. */
let code: (step: Step) => Promise<unknown> = async () => null;

const quick = { max: 3, backoff: "constant", base: 5 } as const;
const functions = [
  createFunction({
    id: "stores",
    trigger: { event: "store" },
    retry: quick,
    handler: async ({ step }) => {
      await step.run("before", () => void calls.push("before"));
      return code(step);
    },
  }),
  createFunction({ id: "child", handler: ({ event }) => event.data }),
];

const gives = (name: string, value: unknown) => () => {
  calls.push(name);
  return value;
};

const { app } = engineWithApp("shop", functions);

beforeEach(() => {
  calls = [];
});

async function pausedOf(program: typeof code) {
  code = program;
  const id = await app.start("store");
  await expect.poll(async () => (await app.show(id)).status).toBe("paused");
  return { id, ...(await app.show(id)) };
}

async function resumedWith(id: string, program: typeof code) {
  code = program;
  await app.act(id, "resume");
  return app.ended(id);
}

test("a step's result: its body ran once, nothing catches it, and the next code gets an attempt of it", async () => {
  const paused = await pausedOf(async (step) => {
    const [, read] = await Promise.all([
      step.run("beside", gives("beside", 1)),
      step.run("read", gives("read", LARGE)).catch(() => "caught"),
    ]);
    return read;
  });
  expect(paused.why).toMatch(
    /Step "read" returned more than 4 MiB of JSON \(4194306 bytes\)\..*step "read" runs again/,
  );
  expect(calls.toSorted()).toEqual(["before", "beside", "read"]);
  const end = await resumedWith(paused.id, async (step) => {
    await step.run("beside", gives("beside", 1));
    return step.run("read", gives("read", "s3://bucket/read"));
  });
  expect(end).toMatchObject({ status: "completed", output: "s3://bucket/read" });
  expect(calls.toSorted()).toEqual(["before", "beside", "read", "read"]);
});

test("of a step in a request of its own, and again while nobody has mended it", async () => {
  const program = (step: Step) =>
    step.parallel([(s) => s.run("read", gives("read", LARGE)), (s) => s.run("beside", gives("beside", 1))], {
      fanOut: true,
    });
  const paused = await pausedOf(program);
  expect(paused.why).toMatch(/Step "read" returned more than 4 MiB/);
  await app.act(paused.id, "resume");
  await expect.poll(() => calls.filter((name) => name === "read").length).toBe(2);
  await expect.poll(async () => (await app.show(paused.id)).status).toBe("paused");
  const end = await resumedWith(paused.id, async (step) =>
    step.parallel([(s) => s.run("read", gives("read", "k")), (s) => s.run("beside", gives("beside", 1))], {
      fanOut: true,
    }),
  );
  expect(end).toMatchObject({ status: "completed", output: ["k", 1] });
  expect(calls.filter((name) => name === "beside").length).toBe(1);
});

test.each<[string, typeof code, RegExp]>([
  ["the output", async () => LARGE, /Function "stores" returned more than 4 MiB of JSON/],
  [
    "an event",
    (step) => step.sendEvent("tell", { name: "told", data: LARGE }),
    /event "told" carries more than 1 MiB of JSON/,
  ],
  [
    "a child's input",
    (step) => step.invoke("ask", "child", { input: LARGE }),
    /"ask" gives "child" more than 1 MiB/,
  ],
  ["the state", async (step) => step.setState(LARGE), /step\.setState was given more than 64 KiB/],
])("%s pauses the run, without another attempt", async (_, program, why) => {
  let turns = 0;
  const paused = await pausedOf(async (step) => {
    await step.run("work", gives("work", 1));
    turns += 1;
    return program(step);
  });
  expect(paused.why).toMatch(why);
  expect(turns).toBe(1);
  const end = await resumedWith(paused.id, async (step) => step.run("work", gives("work", 2)));
  expect(end).toMatchObject({ status: "completed", output: 1 });
  expect(calls).toEqual(["before", "work"]);
});

test("what is not recorded yet can be caught where it stands", async () => {
  code = async (step) => {
    try {
      await step.sendEvent("tell", { name: "told", data: LARGE });
      return "sent";
    } catch (error) {
      return error instanceof ValueTooLargeError ? "too large" : "other";
    }
  };
  expect(await app.ended(await app.start("store"))).toMatchObject({
    status: "completed",
    output: "too large",
  });
});

test("of a step that runs at most once it is thrown there: to pause would not bring it back", async () => {
  code = (step) =>
    step
      .run("pay", gives("pay", LARGE), { atMostOnce: true })
      .catch((error: unknown) => error instanceof StepInterruptedError && error.message);
  const end = await app.ended(await app.start("store"));
  expect(end.output).toMatch(
    /It ran, but what it returned cannot be stored: Step "pay" returned more than 4 MiB/,
  );
  expect(calls).toEqual(["before", "pay"]);
});
