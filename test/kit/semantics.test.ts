// docs/guides/semantics.md: one test per cell of its first table.
import { stepId } from "@durable/protocol/wire";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { createFunction, NonRetriableError, type Step, StepError } from "../../sdk-ts/src/index.ts";
import type { CrashPoint, CrashTarget, TestKit, TestRun } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";
import { semanticsTable } from "../support/semantics-table.ts";
import { signal } from "../support/signals.ts";
import { type HangingUpServer, startHangingUpServer } from "./hanging-up-server.ts";

const CASES = [
  "success",
  "retry",
  "exhausted",
  "timeout",
  "cancel",
  "crash before commit",
  "crash after commit",
  "replay with changed code",
] as const;
type Case = (typeof CASES)[number];

/** What the functions below look at, and leave behind. */
const world = {
  isChanged: false,
  isOdd: false,
  fails: 0,
  until: "",
  keys: [] as string[],
  received: 0,
  children: 0,
  gate: Promise.resolve(),
  reached: () => {},
  timeout: "5m",
};
const fresh = { ...world };
let called: HangingUpServer;
beforeAll(async () => {
  called = await startHangingUpServer();
});
afterAll(() => called.close());
beforeEach(() => {
  Object.assign(world, fresh, { keys: [] });
  Object.assign(called, { keys: [], fails: 0, isStuck: false });
});

const RETRY = { max: 2, backoff: "constant", base: "1m", jitter: false } as const;

const child = createFunction({
  id: "child",
  retry: RETRY,
  handler: ({ event, step }) =>
    step.run("work", async ({ attempt }) => {
      if (attempt === 1) world.children += 1;
      await world.gate;
      if (attempt <= world.fails) throw new TypeError("no");
      return event.data as number;
    }),
});
const receiver = createFunction({
  id: "receiver",
  trigger: { event: "told" },
  handler: ({ step }) =>
    step.run("count", () => {
      world.received += 1;
    }),
});

/** A branch of one step, which fails for good when the world fails. */
const one =
  <Value>(name: string, value: Value) =>
  (step: Step) =>
    step.run(name, async () => {
      world.reached();
      await world.gate;
      if (world.fails > 0) throw new NonRetriableError("no");
      return value;
    });

/** The step under test is always called `it`. */
const KINDS = {
  run: (step: Step) =>
    step.run(
      "it",
      async ({ idempotencyKey, attempt, signal: aborted }) => {
        world.keys.push(idempotencyKey);
        world.reached();
        await world.gate;
        if (attempt <= world.fails) throw new TypeError("no");
        return `done ${aborted.aborted}`;
      },
      { retry: RETRY },
    ),
  atMostOnce: (step: Step) =>
    step.run(
      "it",
      async ({ idempotencyKey, attempt }) => {
        world.keys.push(idempotencyKey);
        world.reached();
        await world.gate;
        if (attempt <= world.fails) throw new TypeError("no");
        return "done";
      },
      { atMostOnce: true, timeout: world.timeout },
    ),
  heartbeatTimeout: (step: Step) =>
    step.run(
      "it",
      async ({ idempotencyKey, attempt, heartbeat }) => {
        world.keys.push(idempotencyKey);
        world.reached();
        await heartbeat();
        await world.gate;
        if (attempt <= world.fails) throw new TypeError("no");
        return "done";
      },
      { retry: RETRY, heartbeatTimeout: "5m" },
    ),
  sleep: (step: Step) => step.sleep("it", "2h"),
  sleepUntil: (step: Step) => step.sleepUntil("it", world.until),
  waitForEvent: async (step: Step) =>
    (await step.waitForEvent("it", { event: "answer", timeout: "5h" }))?.data,
  waitForInput: async (step: Step) => {
    const schema = z.object({ size: z.int().max(9) });
    const answer = await step.waitForInput("it", { schema, timeout: "5h" });
    return answer && [answer.value.size, answer.by];
  },
  waitForApproval: async (step: Step) => {
    const decision = await step.waitForApproval("it", { timeout: "5h" });
    return decision && [decision.approved, decision.comment, decision.by];
  },
  waitForAny: async (step: Step) => {
    const events = { said: { event: "answer" }, sung: { event: "song" } };
    const first = await step.waitForAny("it", events, { timeout: "5h" });
    return first && [first.key, first.event.data];
  },
  waitForAll: async (step: Step) => {
    const events = [{ event: "answer" }, { event: "song" }];
    return (await step.waitForAll("it", events, { timeout: "5h" }))?.map(({ data }) => data);
  },
  waitForSignal: (step: Step) => step.waitForSignal("it", { timeout: "5h" }),
  sendEvent: async (step: Step) => (await step.sendEvent("it", { name: "told" })).ids.length,
  invoke: (step: Step) => step.invoke("it", child, { input: 7, timeout: "5h" }),
  spawn: async (step: Step) => typeof (await step.spawn("it", child, { input: 7 })),
  fetch: async (step: Step) =>
    (await step.fetch("it", { url: called.url, timeout: "1s", retry: { ...RETRY, base: 1 } })).body,
  parallel: async (step: Step) => {
    const two = [one("a", "A"), one("b", "B"), (s: Step) => s.sleep("long", "30d")];
    return (await step.parallel(two, { name: "it", join: 2 })).toSorted();
  },
  race: (step: Step) =>
    step.race({ work: one("a", "A"), patience: (s) => s.sleep("long", "30d") }, { name: "it" }),
  forEach: (step: Step) => step.forEach("it", [1, 2], (item, _, s) => one("each", item * 10)(s)),
  branch: (step: Step) => step.branch("it", { odd: world.isOdd, even: true }),
} satisfies Record<string, (step: Step) => Promise<unknown>>;
type Kind = keyof typeof KINDS;
const kinds = Object.keys(KINDS) as Kind[];

const functions = kinds.map((kind) =>
  createFunction({
    id: kind,
    handler: async ({ step }) => {
      const other = kind.startsWith("sleep") ? KINDS.run : KINDS.sleep;
      const value = await (world.isChanged ? other : KINDS[kind])(step).catch((error: Error) => {
        if (!(error instanceof StepError)) throw error;
        return `${error.name}: ${error.message}`;
      });
      await step.sleep("rest", "1d");
      return value ?? null;
    },
  }),
);

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({ functions: [...functions, child, receiver] });
});

async function start(kind: Kind): Promise<TestRun> {
  world.until = new Date((await kit.now()).getTime() + 2 * 3_600_000).toISOString();
  return kit.start(kind);
}
/** What is recorded of a loop is its group. */
const NAMES: Partial<Record<Kind, CrashTarget>> = {
  forEach: { step: "0-1", id: stepId(stepId("", "it", 0), "0-1", 0) },
};
const targetOf = (kind: Kind): CrashTarget => NAMES[kind] ?? { step: "it" };
const it = async (run: TestRun, kind: Kind = "run") =>
  (await run.steps()).find(({ name }) => name === targetOf(kind).step);
const tell = () => kit.send({ name: "answer", data: "hello" });
const sing = () => kit.send({ name: "song", data: "la" });
async function sendSignal(): Promise<void> {
  await kit.settled();
  const body = JSON.stringify({ payload: "hello" });
  const headers = { "content-type": "application/json" };
  const sent = await fetch(`${kit.url}/v1/apps/test/dev/signals/it`, { method: "POST", headers, body });
  expect(sent.status).toBe(200);
}

/** What each kind needs from outside. */
const HELP: Partial<Record<Kind, (run: TestRun) => Promise<unknown>>> = {
  waitForEvent: tell,
  waitForAny: tell,
  waitForAll: async () => {
    await tell();
    await sing();
  },
  waitForSignal: sendSignal,
  waitForInput: (run) => run.answer("it", { size: 7 }, { by: "ann" }),
  waitForApproval: (run) => run.reject("it", { comment: "no", by: "ann" }),
};

const named = new Set<string>();
function semantics(kind: Kind, on: Case, act: () => Promise<void>): void {
  named.add(`${kind} / ${on}`);
  test(`semantics: ${kind} / ${on}`, act);
}

/** What a run of each kind returns when all is well. */
const RESULTS: Record<Kind, unknown> = {
  run: "done false",
  atMostOnce: "done",
  heartbeatTimeout: "done",
  sleep: null,
  sleepUntil: null,
  waitForEvent: "hello",
  waitForInput: [7, "ann"],
  waitForApproval: [false, "no", "ann"],
  waitForAny: ["said", "hello"],
  waitForAll: ["hello", "la"],
  waitForSignal: "hello",
  sendEvent: 1,
  invoke: 7,
  spawn: "string",
  fetch: "hello",
  parallel: ["A", "B"],
  race: { branch: "work", value: "A" },
  forEach: [10, 20],
  branch: "even",
};

const STARTS_CHILD: ReadonlySet<Kind> = new Set(["invoke", "spawn"]);
const HAS_BODY: ReadonlySet<Kind> = new Set(["run", "atMostOnce", "heartbeatTimeout"]);
const bodiesOf = (kind: Kind) => (HAS_BODY.has(kind) ? 1 : 0);

async function expectWell(kind: Kind, point?: CrashPoint): Promise<TestRun> {
  const crash = point === undefined ? null : kit.crashAfter(targetOf(kind), point);
  const run = await start(kind);
  await HELP[kind]?.(run);
  expect(await run.ended()).toMatchObject({ status: "completed", output: RESULTS[kind] });
  await crash?.happened;
  await kit.settled();
  expect(await it(run, kind)).toMatchObject({ status: "ok", n: 0 });
  expect(new Set(world.keys).size).toBe(bodiesOf(kind));
  expect(world.received).toBe(kind === "sendEvent" ? 1 : 0);
  expect(world.children).toBe(STARTS_CHILD.has(kind) ? 1 : 0);
  return run;
}

/** Its claim is committed. Whether the engine had begun to call for its body when it died, nobody can tell from outside. */
async function expectOnceAfterItsClaim(): Promise<void> {
  const crash = kit.crashAfter(targetOf("atMostOnce"), "commit");
  const run = await start("atMostOnce");
  await crash.happened;
  const end = await run.ended();
  const output = world.keys.length === 1 ? "done" : expect.stringMatching(/^StepInterruptedError: /);
  expect(end).toMatchObject({ status: "completed", output });
  expect(world.keys.length).toBeLessThanOrEqual(1);
}

for (const kind of kinds) {
  semantics(kind, "success", async () => void (await expectWell(kind)));
  if (kind !== "atMostOnce" && kind !== "heartbeatTimeout")
    semantics(kind, "crash before commit", async () => {
      await expectWell(kind, "before-commit");
      expect(world.keys).toHaveLength(kind === "run" ? 2 : 0);
    });
  semantics(kind, "crash after commit", async () => {
    if (kind === "atMostOnce") return await expectOnceAfterItsClaim();
    const crash = kit.crashAfter(targetOf(kind), "commit");
    const run = await start(kind);
    await crash.happened;
    // What the code would find by now is another thing than what is recorded.
    world.isOdd = true;
    await HELP[kind]?.(run);
    expect(await run.ended()).toMatchObject({ status: "completed", output: RESULTS[kind] });
    expect(world.keys).toHaveLength(bodiesOf(kind));
    expect(world.received).toBe(kind === "sendEvent" ? 1 : 0);
    expect(world.children).toBe(STARTS_CHILD.has(kind) ? 1 : 0);
  });
  if (kind === "forEach") continue;
  semantics(kind, "replay with changed code", async () => {
    const run = await start(kind);
    await HELP[kind]?.(run);
    await kit.advance("3h");
    expect(await it(run, kind)).toMatchObject({ status: "ok" });
    world.isChanged = true;
    await kit.advance("1d");
    const { failure, status } = await run.state();
    expect({ status, name: failure?.name }).toEqual({ status: "paused", name: "NondeterminismError" });
    await run.cancel();
  });
}

/** Those that an answer finds, or does not. */
const ASKING: ReadonlySet<Kind> = new Set(["waitForInput", "waitForApproval"]);

for (const kind of [
  "sleep",
  "sleepUntil",
  "waitForEvent",
  "waitForAny",
  "waitForAll",
  "waitForSignal",
  "waitForInput",
  "waitForApproval",
] as const) {
  semantics(kind, "cancel", async () => {
    const run = await start(kind);
    await kit.settled();
    expect(await it(run)).toMatchObject({ status: "pending" });
    await run.cancel();
    expect(await it(run)).toMatchObject({ status: "cancelled" });
    if (ASKING.has(kind)) await HELP[kind]!(run).then(() => expect.unreachable(), asksNobody);
    else await HELP[kind]?.(run);
    expect(await kit.toNextTimer()).toBeNull();
    expect(await run.status()).toBe("cancelled");
  });
}

for (const kind of ["run", "heartbeatTimeout"] as const) {
  semantics(kind, "retry", async () => {
    world.fails = 1;
    await expectWell(kind);
    expect(world.keys).toHaveLength(2);
  });
  semantics(kind, "exhausted", async () => {
    world.fails = 2;
    const run = await start(kind);
    expect(await run.ended()).toMatchObject({ status: "completed", output: "TypeError: no" });
    expect(await it(run)).toMatchObject({ status: "err", attempt: 2 });
  });
  semantics(kind, "timeout", async () => {
    const aborted: string[] = [];
    const slow = createFunction({
      id: "slow",
      handler: ({ step }) =>
        step.run(
          "it",
          ({ attempt, signal: stop }) =>
            attempt === 2
              ? "in time"
              : new Promise((_, fail) => {
                  stop.addEventListener("abort", () => fail(aborted.push(stop.reason.name)));
                }),
          { [kind === "run" ? "timeout" : kind]: "30ms", retry: RETRY },
        ),
    });
    const own = await openKit({ functions: [slow] });
    expect(await own.run(slow)).toBe("in time");
    expect(aborted).toEqual([kind === "run" ? "StepTimeoutError" : "HeartbeatTimeoutError"]);
  });
}
semantics("heartbeatTimeout", "crash before commit", async () => {
  // Only now: before that it is the plan that would not be committed.
  let crash: ReturnType<TestKit["crashAfter"]> | undefined;
  world.reached = () => {
    crash ??= kit.crashAfter("it", "before-commit");
  };
  await expectWell("heartbeatTimeout");
  await crash!.happened;
  expect(world.keys).toHaveLength(2);
});
/** A run of this kind that is cancelled while the body of its step runs, which then returns. */
async function cancelledInBody(kind: Parameters<typeof start>[0]) {
  const [reached, gate] = [signal(), signal()];
  Object.assign(world, { reached: () => reached.announce(), gate: gate.seen });
  const run = await start(kind);
  await reached.seen;
  await run.cancel();
  gate.announce();
  await kit.settled();
  return run;
}

for (const kind of ["run", "atMostOnce", "heartbeatTimeout"] as const) {
  semantics(kind, "cancel", async () => {
    const run = await cancelledInBody(kind);
    expect(await run.status()).toBe("cancelled");
    expect((await it(run))?.status ?? "not recorded").not.toBe("ok");
    expect(world.keys).toHaveLength(1);
  });
}

semantics("atMostOnce", "exhausted", async () => {
  world.fails = 1;
  const run = await start("atMostOnce");
  expect(await run.ended()).toMatchObject({ status: "completed", output: "TypeError: no" });
  expect(await it(run)).toMatchObject({ status: "err", attempt: 1 });
  expect(world.keys).toHaveLength(1);
});
semantics("atMostOnce", "timeout", async () => {
  Object.assign(world, { timeout: "30ms", gate: new Promise(() => {}) });
  await expectInterrupted(await start("atMostOnce"), /took longer than its timeout of 30 ms/);
});
semantics("atMostOnce", "crash before commit", async () => {
  // Only now: before that it is the claim that would not be committed.
  world.reached = () => void kit.crashAfter("it", "before-commit");
  await expectInterrupted(await start("atMostOnce"), /was lost before it stored the answer/);
});

async function expectInterrupted(run: TestRun, why: RegExp): Promise<void> {
  const { status, output } = await run.ended();
  expect({ status, output }).toEqual({
    status: "completed",
    output: expect.stringMatching(
      /^StepInterruptedError: Step "it" may have run, and its result is not known/,
    ),
  });
  expect(output).toMatch(why);
  expect(await it(run)).toMatchObject({ status: "err", attempt: 1 });
  expect(world.keys).toHaveLength(1);
}

for (const kind of ["waitForEvent", "waitForAny", "waitForAll", "waitForSignal"] as const) {
  semantics(kind, "timeout", async () => {
    const run = await start(kind);
    if (kind === "waitForAll") await tell();
    expect(await run.ended()).toMatchObject({ status: "completed", output: null });
    expect(await it(run)).toMatchObject({ status: "ok", value: null });
  });
}

function asksNobody(error: Error): void {
  expect(error.message).toContain("asks nobody");
}
for (const kind of ["waitForInput", "waitForApproval"] as const) {
  semantics(kind, "timeout", async () => {
    const run = await start(kind);
    await kit.advance("5h");
    await HELP[kind]!(run).then(() => expect.unreachable(), asksNobody);
    expect(await run.ended()).toMatchObject({ status: "completed", output: null });
    expect(await it(run)).toMatchObject({ status: "ok", value: null });
  });
}

semantics("sendEvent", "cancel", async () => {
  const run = await start("sendEvent");
  await kit.settled();
  await run.cancel();
  expect(world.received).toBe(1);
  expect(await it(run)).toMatchObject({ status: "ok" });
});

semantics("branch", "cancel", async () => {
  const run = await start("branch");
  await kit.settled();
  await run.cancel();
  expect(await it(run)).toMatchObject({ status: "ok", value: { taken: "even" } });
});

semantics("invoke", "retry", async () => {
  world.fails = 1;
  await expectWell("invoke");
});
semantics("invoke", "exhausted", async () => {
  world.fails = 2;
  const run = await start("invoke");
  expect(await run.ended()).toMatchObject({ status: "completed", output: "TypeError: no" });
  expect(await it(run)).toMatchObject({ status: "err" });
});
semantics("fetch", "retry", async () => {
  called.fails = 1;
  await expectWell("fetch");
  expect(called.keys).toHaveLength(2);
  expect(new Set(called.keys).size).toBe(1);
});
semantics("fetch", "exhausted", async () => {
  called.fails = 2;
  const run = await start("fetch");
  expect((await run.ended()).output).toMatch(/^FetchError: /);
  expect(await it(run)).toMatchObject({ status: "err", attempt: 2 });
});
semantics("fetch", "timeout", async () => {
  called.isStuck = true;
  const run = await start("fetch");
  expect((await run.ended()).output).toMatch(/^FetchError: /);
  expect(called.keys).toHaveLength(2);
});
semantics("fetch", "cancel", async () => {
  called.isStuck = true;
  const run = await start("fetch");
  await expect.poll(() => called.keys.length).toBe(1);
  await run.cancel();
  await kit.settled();
  expect(await it(run)).toMatchObject({ status: "cancelled" });
  expect(called.keys).toHaveLength(1);
});

for (const kind of ["parallel", "race", "forEach"] as const) {
  semantics(kind, "exhausted", async () => {
    world.fails = 1;
    const { output, failure, steps } = await (await start(kind)).ended();
    if (kind === "parallel") expect(failure?.name).toBe("JoinError");
    else expect(output).toBe("NonRetriableError: no");
    const others = steps.filter(({ name }) => name === "long");
    expect(others.every(({ status }) => status === "cancelled")).toBe(true);
  });
  semantics(kind, "cancel", async () => {
    const run = await cancelledInBody(kind);
    const { status, steps } = await run.state();
    expect(status).toBe("cancelled");
    expect(steps.filter((step) => step.status === "ok")).toEqual([]);
    expect(await kit.toNextTimer()).toBeNull();
  });
}
/** A branch, or an item, of one step whose first attempt fails, or gets stuck, beside others. */
const JOINS: Record<"parallel" | "race" | "forEach", (step: Step, work: StepIn) => Promise<unknown>> = {
  parallel: (step, work) =>
    step.parallel([work, one("b", "B"), (s) => s.sleep("long", "30d")], { name: "it", join: 2 }),
  race: (step, work) => step.race({ work, patience: (s) => s.sleep("long", "30d") }, { name: "it" }),
  forEach: (step, work) =>
    step.forEach("it", [1, 2], (item, _, s) => (item === 1 ? work(s) : one("b", "B")(s)), { concurrency: 2 }),
};
type StepIn = (step: Step) => Promise<unknown>;

for (const kind of ["parallel", "race", "forEach"] as const) {
  for (const on of ["retry", "timeout"] as const) {
    semantics(kind, on, async () => {
      const [keys, aborted, others]: [string[], boolean[], number[]] = [[], [], []];
      world.reached = () => void others.push(1);
      const work: StepIn = (step) =>
        step.run(
          "work",
          async ({ attempt, idempotencyKey, signal: stop }) => {
            keys.push(idempotencyKey);
            if (attempt === 2) return "A";
            if (on === "retry") throw new TypeError("no");
            return new Promise((_, fail) => stop.addEventListener("abort", () => fail(aborted.push(true))));
          },
          { retry: RETRY, timeout: on === "timeout" ? "30ms" : undefined },
        );
      const fn = createFunction({ id: "join", handler: ({ step }) => JOINS[kind](step, work) });
      const own = await openKit({ functions: [fn] });
      const result = await own.run(fn);
      if (kind === "race") expect(result).toEqual({ branch: "work", value: "A" });
      else expect((result as unknown[]).toSorted()).toEqual(["A", "B"]);
      expect(keys).toEqual([keys[0], keys[0]]);
      expect(aborted).toEqual(on === "timeout" ? [true] : []);
      expect(others).toHaveLength(kind === "race" ? 0 : 1);
    });
  }
}
for (const [on, fails] of [
  ["retry", 1],
  ["exhausted", 2],
] as const) {
  semantics("branch", on, async () => {
    let asked = 0;
    const isSure = () => {
      asked += 1;
      if (asked <= fails) throw new TypeError("no");
      return true;
    };
    const handler = ({ step }: { step: Step }) => step.branch("it", { sure: isSure, other: true });
    const fn = createFunction({ id: "branch", retry: RETRY, handler });
    const own = await openKit({ functions: [fn] });
    const { status, output, failure, steps } = await (await own.start(fn)).ended();
    expect(asked).toBe(2);
    if (on === "retry") expect({ status, output }).toEqual({ status: "completed", output: "sure" });
    else expect({ failure, steps }).toMatchObject({ failure: { name: "TypeError" }, steps: [] });
  });
}
semantics("forEach", "replay with changed code", async () => {
  let name = "each";
  const fn = createFunction({
    id: "items",
    handler: async ({ step }) => {
      const results = await step.forEach("it", [1, 2], (item, _, s) => s.run(name, () => item * 10));
      await step.sleep("rest", "1d");
      return results;
    },
  });
  const own = await openKit({ functions: [fn] });
  const run = await own.start(fn);
  await own.settled();
  name = "another";
  const { output, steps } = await run.ended();
  expect(output).toEqual([10, 20]);
  expect(steps.some((step) => step.name === "another")).toBe(false);
});

semantics("spawn", "cancel", async () => {
  const long = createFunction({ id: "long", handler: ({ step }) => step.sleep("long", "30d") });
  const parent = createFunction({
    id: "parent",
    handler: async ({ step }) => {
      await step.spawn("it", long);
      await step.sleep("rest", "1d");
    },
  });
  const own = await openKit({ functions: [long, parent] });
  const run = await own.start(parent);
  await own.settled();
  await run.cancel();
  await own.settled();
  const states = await Promise.all((await own.runs()).map((each) => each.status()));
  expect(states).toEqual(["cancelled", "cancelled"]);
});

for (const on of ["timeout", "cancel"] as const) {
  semantics("invoke", on, async () => {
    const waiting = createFunction({
      id: "waiting",
      handler: ({ step }) => step.sleep("long", "30d"),
    });
    const parent = createFunction({
      id: "parent",
      handler: ({ step }) => step.invoke("it", waiting, { timeout: "5h" }),
    });
    const own = await openKit({ functions: [waiting, parent] });
    const run = await own.start(parent);
    await own.settled();
    if (on === "cancel") await run.cancel();
    else await own.advance("5h");
    await own.settled();
    const states = await Promise.all((await own.runs()).map((each) => each.state()));
    const ends = Object.fromEntries(states.map((state) => [state.function, state]));
    expect(ends["waiting"]!.status).toBe("cancelled");
    if (on === "cancel") expect(ends["parent"]!.status).toBe("cancelled");
    else expect(ends["parent"]!.failure?.name).toBe("InvokeTimeoutError");
  });
}

test("the table of the guide has these cells and no others", () => {
  const { cases, cells } = semanticsTable(0);
  expect(cases).toEqual([...CASES]);
  expect(cells).toEqual([...named].toSorted());
});
