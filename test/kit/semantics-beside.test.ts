// docs/guides/semantics.md: one test per cell of its second table, of what goes with steps and is none.
import { stepId } from "@durable/protocol/wire";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createFunction, NonRetriableError, StepError } from "../../sdk-ts/src/index.ts";
import type { CrashPoint, CrashTarget, TestKit, TestRun } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";
import { semanticsTable } from "../support/semantics-table.ts";
import { signal } from "../support/signals.ts";

type Kind = "compensate" | "setState" | "onQuery" | "createToken" | "log";

/** What the functions below look at, and leave behind. */
const world = {
  isChanged: false,
  fails: 0,
  isStuck: false,
  gate: Promise.resolve(),
  reached: () => {},
  /** Of bodies and compensations that ran. */
  keys: [] as string[],
  given: [] as unknown[],
  isAborted: [] as boolean[],
  urls: [] as string[],
};
const fresh = { ...world };
beforeEach(() => void Object.assign(world, fresh, { keys: [], given: [], isAborted: [], urls: [] }));

const RETRY = { max: 2, backoff: "constant", base: "1m", jitter: false } as const;

interface Attempt {
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
}
/** A body, or what undoes it: it fails, or gets stuck, as the world says. */
async function work({ idempotencyKey, attempt, signal: stop }: Attempt): Promise<void> {
  world.keys.push(idempotencyKey);
  world.reached();
  await world.gate;
  if (world.isStuck && attempt === 1) {
    await new Promise((resolve) => stop.addEventListener("abort", resolve));
    world.isAborted.push(stop.aborted);
  }
  if (attempt <= world.fails) throw new TypeError("no");
}
const TIMEOUT = "30ms";

const FUNCTIONS = {
  compensate: createFunction({
    id: "compensate",
    handler: async ({ step }) => {
      const undo = (result: unknown, context: Attempt) => {
        world.given.push(result);
        return work(context);
      };
      const timeout = world.isStuck ? TIMEOUT : undefined;
      const compensate = world.isChanged ? undefined : { run: undo, retry: RETRY, timeout };
      await step.run("it", () => ({ seat: 7 }), { compensate });
      await step.sleep("rest", "1d");
      throw new NonRetriableError("sold out");
    },
  }),
  setState: createFunction({
    id: "setState",
    handler: async ({ step }) => {
      step.setState("begun");
      await step.run("work", () => null);
      step.setState(world.isChanged ? "resting otherwise" : "resting");
      await step.sleep("rest", "1d");
      await step.sleep("more", "1d");
      step.setState("at the end");
    },
  }),
  onQuery: createFunction({
    id: "onQuery",
    handler: async ({ step }) => {
      const done: string[] = [];
      step.onQuery("it", (input) => {
        if (world.fails > 0) throw new TypeError("no");
        return { done, input };
      });
      if (world.isChanged) await step.sleep("work", "1d");
      else done.push(await step.run("work", (context) => work(context).then(() => "work")));
      await step.sleep("rest", "1d");
    },
  }),
  createToken: createFunction({
    id: "createToken",
    handler: async ({ step }) => {
      const { token, url } = step.createToken(world.isChanged ? "another" : "it");
      await step.run("tell", () => void world.urls.push(url));
      const [answer] = await Promise.all([step.waitForSignal("wait", { token }), step.sleep("rest", "1d")]);
      return answer;
    },
  }),
  log: createFunction({
    id: "log",
    handler: async ({ step }) => {
      const body = (context: Attempt) => {
        step.log(world.isChanged ? "otherwise" : "working");
        return work(context);
      };
      const timeout = world.isStuck ? TIMEOUT : undefined;
      await step.run("work", body, { retry: RETRY, timeout }).catch((error: Error) => {
        if (!(error instanceof StepError)) throw error;
      });
      await step.sleep("rest", "1d");
    },
  }),
} satisfies Record<Kind, unknown>;

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({ functions: Object.values(FUNCTIONS) });
});

interface Answered {
  readonly status: string;
  readonly state: unknown;
  readonly failure: { readonly message: string };
  readonly logs: { readonly attempt: number; readonly message: string }[];
}
async function ask(run: TestRun, what: string, body?: unknown) {
  const method = body === undefined ? "GET" : "POST";
  const init = { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${kit.url}/v1/apps/test/dev/runs/${run.id}${what}`, init);
  return (await response.json()) as Answered;
}
const stateOf = async (run: TestRun) => (await ask(run, "")).state;
const query = (run: TestRun) => ask(run, "/query/it", { input: 5 });
const saidBy = async (run: TestRun) => {
  const { logs } = await ask(run, "/logs");
  return logs.map(({ attempt, message }) => [attempt, message]);
};
async function complete(url: string | undefined): Promise<number> {
  const path = new URL(url!).pathname;
  const headers = { "content-type": "application/json" };
  return (await fetch(kit.url + path, { method: "POST", headers, body: '{"paid":true}' })).status;
}

async function resting(kind: Kind): Promise<TestRun> {
  const run = await kit.start(kind);
  await kit.settled();
  return run;
}
async function broken(kind: Kind, target: CrashTarget, point: CrashPoint): Promise<TestRun> {
  const crash = kit.crashAfter(target, point);
  const run = await kit.start(kind);
  if (kind === "compensate") await run.ended();
  await crash.happened;
  await kit.settled();
  return run;
}

const named = new Set<string>();
function semantics(kind: Kind, on: string, act: () => Promise<void>): void {
  named.add(`${kind} / ${on}`);
  test(`semantics: ${kind} / ${on}`, act);
}
const CRASHES = [
  ["crash before commit", "before-commit"],
  ["crash after commit", "commit"],
] as const;

const UNDO_ID = stepId(stepId("", "it", 0), "it", 0);
async function expectUndone(run: TestRun, times: number, status = "failed"): Promise<void> {
  expect(await run.ended()).toMatchObject({ status, compensated: 1 });
  expect(world.given).toEqual(Array(times).fill({ seat: 7 }));
  expect(world.keys).toEqual(Array(times).fill(`${run.id}/${UNDO_ID}`));
}
semantics("compensate", "success", async () => expectUndone(await kit.start("compensate"), 1));
semantics("compensate", "retry", async () => {
  world.fails = 1;
  await expectUndone(await kit.start("compensate"), 2);
});
semantics("compensate", "exhausted", async () => {
  world.fails = 2;
  const run = await kit.start("compensate");
  const { status, failure } = await run.ended();
  expect({ status, message: failure?.message }).toMatchObject({
    status: "paused",
    message: expect.stringMatching(
      /^paused: step "it" cannot be undone\. .* in attempt 2, with TypeError: no/,
    ),
  });
  await ask(run, "/resume", {});
  await expectUndone(run, 3);
});
semantics("compensate", "timeout", async () => {
  world.isStuck = true;
  await expectUndone(await kit.start("compensate"), 2);
  expect(world.isAborted).toEqual([true]);
});
semantics("compensate", "cancel", async () => {
  const run = await resting("compensate");
  await run.cancel();
  await expectUndone(run, 1, "cancelled");
});
for (const [on, point] of CRASHES) {
  semantics("compensate", on, async () => {
    const run = await broken("compensate", { step: "it", id: UNDO_ID }, point);
    await expectUndone(run, point === "commit" ? 1 : 2);
  });
}
semantics("compensate", "replay with changed code", async () => {
  const run = await resting("compensate");
  world.isChanged = true;
  const { status, failure } = await run.ended();
  expect({ status, name: failure?.name }).toEqual({ status: "paused", name: "CannotUndo" });
  expect(world.given).toEqual([]);
});

semantics("setState", "success", async () => {
  const run = await resting("setState");
  expect(await stateOf(run)).toBe("resting");
  expect(await run.ended()).toMatchObject({ status: "completed", state: "at the end" });
});
semantics("setState", "cancel", async () => {
  const run = await resting("setState");
  await run.cancel();
  expect(await stateOf(run)).toBe("resting");
});
for (const [on, point] of CRASHES) {
  semantics("setState", on, async () => {
    expect(await stateOf(await broken("setState", { step: "rest" }, point))).toBe("resting");
  });
}
semantics("setState", "replay with changed code", async () => {
  const run = await resting("setState");
  world.isChanged = true;
  await kit.advance("1d");
  expect(await run.state()).toMatchObject({ status: "waiting", state: "resting otherwise" });
});

const WELL = { status: "completed", output: { done: ["work"], input: 5 }, failure: null };
semantics("onQuery", "success", async () => {
  const [reached, gate] = [signal(), signal()];
  Object.assign(world, { reached: () => reached.announce(), gate: gate.seen });
  const run = await kit.start("onQuery");
  await reached.seen;
  expect(await query(run)).toMatchObject({ output: { done: [], input: 5 } });
  gate.announce();
  await kit.settled();
  expect(await query(run)).toMatchObject(WELL);
  expect(world.keys).toHaveLength(1);
});
semantics("onQuery", "exhausted", async () => {
  const run = await resting("onQuery");
  world.fails = 1;
  expect(await query(run)).toMatchObject({ status: "failed", failure: { name: "TypeError", message: "no" } });
  expect(await run.status()).toBe("waiting");
});
semantics("onQuery", "cancel", async () => {
  const run = await resting("onQuery");
  await run.cancel();
  expect(await query(run)).toMatchObject(WELL);
});
for (const [on, point] of CRASHES) {
  semantics("onQuery", on, async () => {
    const run = await broken("onQuery", { step: "work" }, point);
    const ran = world.keys.length;
    expect(await query(run)).toMatchObject(WELL);
    expect(world.keys).toHaveLength(ran);
  });
}
semantics("onQuery", "replay with changed code", async () => {
  const run = await resting("onQuery");
  world.isChanged = true;
  const { status, failure } = await query(run);
  expect(status).toBe("failed");
  expect(failure.message).toMatch(
    /^Step "work" \(0\) is recorded as "run", and the code now asks for "sleep"/,
  );
  expect(await run.status()).toBe("waiting");
});

const expectPaid = async (run: TestRun) =>
  expect(await run.ended()).toMatchObject({ status: "completed", output: { paid: true } });
semantics("createToken", "success", async () => {
  const run = await resting("createToken");
  expect(await complete(world.urls[0])).toBe(200);
  await expectPaid(run);
});
semantics("createToken", "cancel", async () => {
  const run = await resting("createToken");
  await run.cancel();
  expect(await complete(world.urls[0])).toBe(409);
});
for (const [on, point] of CRASHES) {
  semantics("createToken", on, async () => {
    const run = await broken("createToken", { step: "tell" }, point);
    expect(world.urls).toHaveLength(point === "commit" ? 1 : 2);
    // The engine that comes after a crash answers at another port.
    expect(new Set(world.urls.map((url) => new URL(url).pathname)).size).toBe(1);
    expect(await complete(world.urls[0])).toBe(200);
    await expectPaid(run);
  });
}
semantics("createToken", "replay with changed code", async () => {
  const run = await resting("createToken");
  world.isChanged = true;
  await kit.advance("1d");
  expect(await complete(world.urls[0])).toBe(200);
  await expectPaid(run);
});

const ONCE = [[1, "working"]];
const TWICE = [...ONCE, [2, "working"]];
semantics("log", "success", async () => {
  expect(await saidBy(await resting("log"))).toEqual(ONCE);
});
for (const [on, part] of [
  ["retry", { fails: 1 }],
  ["exhausted", { fails: 2 }],
  ["timeout", { isStuck: true }],
] as const) {
  semantics("log", on, async () => {
    Object.assign(world, part);
    const run = await kit.start("log");
    expect(await run.ended()).toMatchObject({ status: "completed" });
    expect(await saidBy(run)).toEqual(TWICE);
    const status = on === "exhausted" ? "err" : "ok";
    expect(await run.steps()).toMatchObject([{ name: "work", status, attempt: 2 }, { name: "rest" }]);
  });
}
semantics("log", "cancel", async () => {
  const [reached, gate] = [signal(), signal()];
  Object.assign(world, { reached: () => reached.announce(), gate: gate.seen });
  const run = await kit.start("log");
  await reached.seen;
  await run.cancel();
  gate.announce();
  await kit.settled();
  expect(await saidBy(run)).toEqual([]);
});
for (const [on, point] of CRASHES) {
  semantics("log", on, async () => {
    const run = await broken("log", { step: "work" }, point);
    expect(world.keys).toHaveLength(point === "commit" ? 1 : 2);
    expect(await saidBy(run)).toEqual(ONCE);
  });
}
semantics("log", "replay with changed code", async () => {
  const run = await resting("log");
  world.isChanged = true;
  expect(await run.ended()).toMatchObject({ status: "completed" });
  expect(await saidBy(run)).toEqual(ONCE);
});

test("the table of the guide has these cells and no others", () => {
  const { cells } = semanticsTable(1);
  expect(cells).toEqual([...named].toSorted());
});
