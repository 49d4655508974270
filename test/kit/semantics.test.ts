// docs/guides/semantics.md: one test per cell of its table.
import { readFileSync } from "node:fs";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { createFunction, type Step, StepError } from "../../sdk-ts/src/index.ts";
import type { CrashPoint, TestKit, TestRun } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";
import { signal } from "../support/signals.ts";

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
};
const fresh = { ...world };
beforeEach(() => void Object.assign(world, fresh, { keys: [] }));

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
  sendEvent: async (step: Step) => (await step.sendEvent("it", { name: "told" })).ids.length,
  invoke: (step: Step) => step.invoke("it", child, { input: 7, timeout: "5h" }),
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
const it = async (run: TestRun) => (await run.steps()).find(({ name }) => name === "it");
const tell = () => kit.send({ name: "answer", data: "hello" });

/** What each kind needs from outside. */
const HELP: Partial<Record<Kind, (run: TestRun) => Promise<unknown>>> = {
  waitForEvent: tell,
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
  sleep: null,
  sleepUntil: null,
  waitForEvent: "hello",
  waitForInput: [7, "ann"],
  waitForApproval: [false, "no", "ann"],
  sendEvent: 1,
  invoke: 7,
  branch: "even",
};

async function expectWell(kind: Kind, point?: CrashPoint): Promise<TestRun> {
  const crash = point === undefined ? null : kit.crashAfter("it", point);
  const run = await start(kind);
  await HELP[kind]?.(run);
  expect(await run.ended()).toMatchObject({ status: "completed", output: RESULTS[kind] });
  await crash?.happened;
  expect(await it(run)).toMatchObject({ status: "ok", n: 0 });
  expect(new Set(world.keys).size).toBe(kind === "run" ? 1 : 0);
  expect(world.received).toBe(kind === "sendEvent" ? 1 : 0);
  expect(world.children).toBe(kind === "invoke" ? 1 : 0);
  return run;
}

for (const kind of kinds) {
  semantics(kind, "success", async () => void (await expectWell(kind)));
  semantics(kind, "crash before commit", async () => {
    await expectWell(kind, "before-commit");
    expect(world.keys).toHaveLength(kind === "run" ? 2 : 0);
  });
  semantics(kind, "crash after commit", async () => {
    const crash = kit.crashAfter("it", "commit");
    const run = await start(kind);
    await crash.happened;
    // What the code would find by now is another thing than what is recorded.
    world.isOdd = true;
    await HELP[kind]?.(run);
    expect(await run.ended()).toMatchObject({ status: "completed", output: RESULTS[kind] });
    expect(world.keys).toHaveLength(kind === "run" ? 1 : 0);
    expect(world.received).toBe(kind === "sendEvent" ? 1 : 0);
    expect(world.children).toBe(kind === "invoke" ? 1 : 0);
  });
  semantics(kind, "replay with changed code", async () => {
    const run = await start(kind);
    await HELP[kind]?.(run);
    await kit.advance("3h");
    expect(await it(run)).toMatchObject({ status: "ok" });
    world.isChanged = true;
    await kit.advance("1d");
    const { failure, status } = await run.state();
    expect({ status, name: failure?.name }).toEqual({ status: "paused", name: "NondeterminismError" });
    await run.cancel();
  });
}

for (const kind of ["sleep", "sleepUntil", "waitForEvent", "waitForInput", "waitForApproval"] as const) {
  semantics(kind, "cancel", async () => {
    const run = await start(kind);
    await kit.settled();
    expect(await it(run)).toMatchObject({ status: "pending" });
    await run.cancel();
    expect(await it(run)).toMatchObject({ status: "cancelled" });
    if (kind.startsWith("waitFor"))
      await HELP[kind]!(run).then(() => expect(kind).toBe("waitForEvent"), asksNobody);
    expect(await kit.toNextTimer()).toBeNull();
    expect(await run.status()).toBe("cancelled");
  });
}

semantics("run", "retry", async () => {
  world.fails = 1;
  await expectWell("run");
  expect(world.keys).toHaveLength(2);
});
semantics("run", "exhausted", async () => {
  world.fails = 2;
  const run = await start("run");
  expect(await run.ended()).toMatchObject({ status: "completed", output: "TypeError: no" });
  expect(await it(run)).toMatchObject({ status: "err", attempt: 2 });
});
semantics("run", "timeout", async () => {
  const aborted: boolean[] = [];
  const slow = createFunction({
    id: "slow",
    handler: ({ step }) =>
      step.run(
        "it",
        ({ attempt, signal: stop }) =>
          attempt === 2
            ? "in time"
            : new Promise((_, fail) => stop.addEventListener("abort", () => fail(aborted.push(true)))),
        { timeout: "30ms", retry: RETRY },
      ),
  });
  const own = await openKit({ functions: [slow] });
  expect(await own.run(slow)).toBe("in time");
  expect(aborted).toEqual([true]);
});
semantics("run", "cancel", async () => {
  const [reached, gate] = [signal(), signal()];
  Object.assign(world, { reached: () => reached.announce(), gate: gate.seen });
  const run = await start("run");
  await reached.seen;
  await run.cancel();
  gate.announce();
  await kit.settled();
  expect(await run.status()).toBe("cancelled");
  expect((await it(run))?.status ?? "not recorded").not.toBe("ok");
});

semantics("waitForEvent", "timeout", async () => {
  const run = await start("waitForEvent");
  expect(await run.ended()).toMatchObject({ status: "completed", output: null });
  expect(await it(run)).toMatchObject({ status: "ok", value: null });
});

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
  const page = readFileSync(new URL("../../docs/guides/semantics.md", import.meta.url), "utf8");
  const [head, , ...rows] = page
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
  expect(head!.slice(1)).toEqual([...CASES]);
  const cells = rows.flatMap(([kind, ...sentences]) =>
    sentences.flatMap((sentence, index) =>
      sentence === "-" ? [] : [`${kind!.replaceAll("`", "")} / ${CASES[index]}`],
    ),
  );
  expect(cells.toSorted()).toEqual([...named].toSorted());
});
