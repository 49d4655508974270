// Planned steps: each is a task with a lease, a fence and a dispatch of its own, beside the run's.
import { stepId } from "@durable/protocol/wire";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { type Invoke, startApp } from "./api-app.ts";
import { startEngine } from "./api-engine.ts";

type Task = { kind: string; step?: string; fence: string };
type Body = (invoke: Invoke, attempt: number) => object | Promise<object>;

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startApp>>;
/** What the test at hand plans, and what its steps answer. */
let bodies: Record<string, Body> = {};
let advance: (invoke: Invoke) => object = planAll;

const id = (name: string) => stepId("", name, 0);
const plan = (name: string) => ({ op: "plan", id: id(name), name, n: 0 });
const ok = (name: string, v: unknown) => ({ op: "run", id: id(name), name, n: 0, st: "ok", v });
const nameOf = (step: string) => Object.keys(bodies).find((name) => id(name) === step)!;
const taskOf = (invoke: Invoke) => invoke.task as Task;

/** Plans every step at once, and returns their values when all are there. */
function planAll({ memo }: Invoke): object {
  const names = Object.keys(bodies);
  const settled = memo.filter((entry) => entry.st !== "pending");
  if (settled.length === names.length)
    return { status: "done", output: settled.map((entry) => entry.v ?? null) };
  const known = new Set(memo.map((entry) => entry.id));
  return { status: "continue", ops: names.filter((name) => !known.has(id(name))).map(plan) };
}

beforeAll(async () => {
  engine = await startEngine({ slots: 8 });
  app = await startApp({
    app: "shop",
    functions: [{ id: "plans", triggers: [{ event: "plan" }], retry: QUICK } as never],
    async answer(invoke) {
      const { kind, step } = taskOf(invoke);
      if (kind === "advance") return advance(invoke);
      const attempt = (invoke as unknown as { attempts: Record<string, number> }).attempts[step!] ?? 1;
      return bodies[nameOf(step!)]!(invoke, attempt);
    },
  });
  const synced = await engine.call("POST", "/v1/apps/shop/dev/sync", { url: app.url });
  expect(synced.status, synced.text).toBe(200);
});

const WRONG_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const QUICK = { max: 3, backoff: "constant", base_ms: 1, factor: 1, max_ms: 1, jitter: false };

afterEach(() => expectInvariants(engine.database));

afterAll(async () => {
  await engine.stop();
  await app.stop();
});

async function start(): Promise<string> {
  app.calls.length = 0;
  const sent = await engine.call("POST", "/v1/events?app=shop", { name: "plan", data: null });
  return `/v1/apps/shop/dev/runs/${sent.json.runs[0].run}`;
}

async function ended(path: string) {
  const { json } = await engine.call("GET", `${path}/result?wait=20`);
  return { ...json, run: (await engine.call("GET", path)).json };
}

const tasksSent = () => app.calls.map(taskOf).filter((task) => task.kind === "step");

test("a planned step costs one request, and they run beside each other", async () => {
  advance = planAll;
  let waiting: (() => void)[] = [];
  const together = (name: string, v: number) => async () => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 3) for (const go of waiting) go();
    });
    return { status: "continue", ops: [ok(name, v)] };
  };
  waiting = [];
  bodies = { a: together("a", 1), b: together("b", 2), c: together("c", 3) };
  const { status, output, run } = await ended(await start());
  expect(status).toBe("completed");
  expect(output.sort()).toEqual([1, 2, 3]);
  expect(tasksSent()).toHaveLength(3);
  expect(new Set(tasksSent().map((task) => task.fence)).size).toBe(3);
  expect(run.steps.map((step: { op: string; status: string }) => [step.op, step.status])).toEqual(
    Array(3).fill(["run", "ok"]),
  );
});

test("a task's own memo shows what was settled, and its own step neither as pending nor as done", async () => {
  advance = ({ memo }) => {
    if (memo.length === 0) return { status: "continue", ops: [ok("first", "f")] };
    return memo.length === 1
      ? { status: "continue", ops: [plan("a")] }
      : { status: memo[1]!.st === "ok" ? "done" : "continue", ops: [] };
  };
  let seen: Invoke["memo"] = [];
  bodies = {
    a: ({ memo }) => {
      seen = memo;
      return { status: "continue", ops: [ok("a", 1)] };
    },
  };
  expect((await ended(await start())).status).toBe("completed");
  expect(seen).toEqual([{ id: id("first"), op: "run", st: "ok", v: "f" }]);
});

test("a failed task is tried again by its policy, with its own attempts", async () => {
  advance = planAll;
  const seen: number[] = [];
  bodies = {
    a: (_, attempt) => {
      seen.push(attempt);
      const error = { name: "Flaky", message: `attempt ${attempt}` };
      return attempt < 3
        ? { status: "continue", ops: [{ op: "run", id: id("a"), name: "a", n: 0, st: "err", error }] }
        : { status: "continue", ops: [ok("a", "at last")] };
    },
  };
  const { status, output, run } = await ended(await start());
  expect([status, output, seen]).toEqual(["completed", ["at last"], [1, 2, 3]]);
  expect(run.steps[0]).toMatchObject({ status: "ok", attempt: 3 });
  expect(run.steps[0].attempts.map((attempt: { outcome: string }) => attempt.outcome)).toEqual([
    "failed",
    "failed",
    "ok",
  ]);
});

test("after its last attempt a task's failure is in the memo", async () => {
  let entry: unknown;
  advance = (invoke) => {
    entry = invoke.memo.find((each) => each.st === "err");
    return entry === undefined ? planAll(invoke) : { status: "done" };
  };
  const error = { name: "Broken", message: "no" };
  bodies = {
    a: () => ({ status: "continue", ops: [{ op: "run", id: id("a"), name: "a", n: 0, st: "err", error }] }),
  };
  expect((await ended(await start())).status).toBe("completed");
  expect(entry).toMatchObject({ op: "run", st: "err", error });
  expect(tasksSent()).toHaveLength(3);
});

test.each<[string, object, RegExp]>([
  [
    "step_not_found",
    { status: "step_not_found" },
    /step "a" \(0\) was planned by an earlier turn, and the code no longer reaches it/,
  ],
  ["done", { status: "done" }, /the app answered "done" when it was asked to run step "a"/],
  [
    "nondeterminism",
    { status: "error", error: { name: "N", message: "The code took another path.", code: "nondeterminism" } },
    /The code took another path\..* Deploy code/,
  ],
])("%s pauses the run with a sentence, and its tasks keep what they had", async (_, answer, sentence) => {
  advance = planAll;
  bodies = { a: () => answer };
  const path = await start();
  await expect.poll(async () => (await engine.call("GET", path)).json.status).toBe("paused");
  const { json } = await engine.call("GET", path);
  expect(json.failure.message).toMatch(sentence);
  expect(json.steps[0].status).toBe("pending");
  await engine.call("POST", `${path}/cancel`, {});
});

test("a resume lets a task go on that stopped: code that reaches its step was deployed", async () => {
  advance = planAll;
  let isDeployed = false;
  bodies = {
    a: () => (isDeployed ? { status: "continue", ops: [ok("a", "reached")] } : { status: "step_not_found" }),
    b: () => ({ status: "continue", ops: [ok("b", "beside")] }),
  };
  const path = await start();
  await expect.poll(async () => (await engine.call("GET", path)).json.status).toBe("paused");
  isDeployed = true;
  const resumed = await engine.call("POST", `${path}/resume`, {});
  expect(resumed.status, resumed.text).toBe(200);
  const { status, output } = await ended(path);
  expect(status).toBe("completed");
  expect(output.sort()).toEqual(["beside", "reached"]);
});

test.each<[string, object[]]>([
  ["nothing", []],
  ["another step's result", [ok("other", 1)]],
  ["more than its result", [ok("a", 1), { op: "sleep", id: id("nap"), name: "nap", n: 0, ms: 1 }]],
])("a task that answers with %s has failed, and nothing of it is recorded", async (_, ops) => {
  advance = (invoke) =>
    invoke.memo.some((entry) => entry.st === "err") ? { status: "done" } : planAll(invoke);
  bodies = { a: () => ({ status: "continue", ops }) };
  const { status, run } = await ended(await start());
  expect(status).toBe("completed");
  expect(run.steps).toHaveLength(1);
  expect(run.steps[0]).toMatchObject({ name: "a", status: "err", failure: { name: "ProtocolError" } });
});

test("losers of a join are cancelled in its commit: no longer pending, their late results recorded as late (inngest-js #1617)", async () => {
  let late: () => void = () => {};
  const stuck = new Promise<void>((resolve) => {
    late = resolve;
  });
  const shown: (string | undefined)[] = [];
  advance = ({ memo }) => {
    const fast = memo.find((entry) => entry.id === id("fast"))?.st;
    if (memo.length === 0) {
      const sleep = { op: "sleep", id: id("nap"), name: "nap", n: 0, ms: 3_600_000 };
      return { status: "continue", ops: [plan("fast"), plan("slow"), sleep] };
    }
    shown.push(memo.find((entry) => entry.id === id("slow"))?.st);
    const join = {
      op: "join",
      id: id("race"),
      name: "race",
      n: 0,
      losers: [id("slow"), id("nap")],
      v: ["fast"],
    };
    const isJoined = memo.some((entry) => entry.id === id("race"));
    if (fast !== "ok") return { status: "continue", ops: [] };
    if (!isJoined) return { status: "continue", ops: [join] };
    const after = memo.find((entry) => entry.id === id("after"));
    if (after === undefined) {
      return {
        status: "continue",
        ops: [{ op: "wait", id: id("after"), name: "after", n: 0, event: "go.on" }],
      };
    }
    return after.st === "pending" ? { status: "continue", ops: [] } : { status: "done" };
  };
  bodies = {
    fast: () => ({ status: "continue", ops: [ok("fast", 1)] }),
    slow: async () => {
      await stuck;
      return { status: "continue", ops: [ok("slow", 2)] };
    },
  };
  const path = await start();
  const stepsOf = async () =>
    Object.fromEntries(
      (await engine.call("GET", path)).json.steps.map((step: { name: string; status: string }) => [
        step.name,
        step.status,
      ]),
    );
  await expect
    .poll(stepsOf)
    .toEqual({ fast: "ok", race: "ok", slow: "cancelled", nap: "cancelled", after: "pending" });
  const [left] = await engine.database.sql`
    select (select count(*)::int from durable.tasks) as tasks, (select count(*)::int from durable.timers where kind = 'sleep') as sleeps`;
  expect(left).toEqual({ tasks: 0, sleeps: 0 });
  expect((await engine.call("GET", path)).json.why).not.toMatch(/slow|nap/);

  late();
  await expect
    .poll(async () => {
      const { steps } = (await engine.call("GET", path)).json;
      const slow = steps.find((step: { name: string }) => step.name === "slow");
      return slow.attempts.map((attempt: { outcome: string }) => attempt.outcome);
    })
    .toEqual(["late"]);
  expect((await stepsOf())["slow"]).toBe("cancelled");
  await engine.call("POST", "/v1/events?app=shop", { name: "go.on", data: null });
  expect((await ended(path)).status).toBe("completed");
  expect(new Set(shown)).toEqual(new Set(["pending"]));
});

test("a cancel ends running tasks: they vanish, and what they answer is late", async () => {
  advance = planAll;
  let answered: () => void = () => {};
  const hold = new Promise<void>((resolve) => {
    answered = resolve;
  });
  bodies = {
    a: async () => {
      await hold;
      return { status: "continue", ops: [ok("a", 1)] };
    },
  };
  const path = await start();
  await expect.poll(() => tasksSent().length).toBe(1);
  expect((await engine.call("POST", `${path}/cancel`, {})).status).toBe(200);
  answered();
  await expect
    .poll(async () =>
      (await engine.call("GET", path)).json.steps[0].attempts.map(
        (each: { outcome: string }) => each.outcome,
      ),
    )
    .toEqual(["late"]);
  const { json } = await engine.call("GET", path);
  expect([json.status, json.steps[0].status]).toEqual(["cancelled", "cancelled"]);
});

test("an answer that breaks on its way is sent again under a new fence, and is nobody's attempt", async () => {
  advance = planAll;
  let calls = 0;
  bodies = {
    a: (_, attempt) => {
      calls += 1;
      // Signed by somebody else the first time; nothing else is, so its endpoint is there.
      if (calls === 1) {
        Object.assign(app, { secret: WRONG_SECRET });
        setImmediate(() => Object.assign(app, { secret: undefined }));
      }
      return { status: "continue", ops: [ok("a", attempt)] };
    },
  };
  const { status, output, run } = await ended(await start());
  expect([status, output]).toEqual(["completed", [1]]);
  expect(run.steps[0]).toMatchObject({ status: "ok", attempt: 1 });
});

const start1 = (name: string) => ({ op: "start", id: id(name), name, n: 0 });
/** Starts the only step there is, and ends with what became of it. */
function startOnly({ memo }: Invoke): object {
  const name = Object.keys(bodies)[0]!;
  const [entry] = memo as readonly { st: string; v?: unknown; error?: { name: string } }[];
  if (entry === undefined) return { status: "continue", ops: [start1(name)] };
  return entry.st === "pending"
    ? { status: "continue", ops: [] }
    : { status: "done", output: entry.v ?? entry.error!.name };
}

test("a step that runs at most once is not sent again when its answer breaks", async () => {
  advance = startOnly;
  bodies = {
    a: () => {
      Object.assign(app, { secret: WRONG_SECRET });
      setImmediate(() => Object.assign(app, { secret: undefined }));
      return { status: "continue", ops: [ok("a", 1)] };
    },
  };
  const { status, output, run } = await ended(await start());
  expect([status, output]).toEqual(["completed", "StepInterruptedError"]);
  expect(run.steps[0]).toMatchObject({ op: "run", status: "err", attempt: 1 });
  expect(tasksSent()).toHaveLength(1);
});

test("a step that runs at most once and was not reached runs after a resume: its code was never called", async () => {
  advance = startOnly;
  let isDeployed = false;
  bodies = {
    a: () => (isDeployed ? { status: "continue", ops: [ok("a", "once")] } : { status: "step_not_found" }),
  };
  const path = await start();
  await expect.poll(async () => (await engine.call("GET", path)).json.status).toBe("paused");
  isDeployed = true;
  expect((await engine.call("POST", `${path}/resume`, {})).status).toBe(200);
  const { status, output } = await ended(path);
  expect([status, output]).toEqual(["completed", "once"]);
});

test("a value over the limit, of an app that does not check: the run pauses and keeps all the rest", async () => {
  let large: unknown = "x".repeat(4 * 1024 * 1024);
  bodies = {
    a: () => ({ status: "continue", ops: [ok("a", large)] }),
    b: () => ({ status: "continue", ops: [ok("b", 2)] }),
  };
  advance = (invoke) => {
    if (invoke.memo.length === 0) return { status: "continue", ops: [ok("first", 1), ok("inline", large)] };
    return invoke.memo.some(({ id: known }) => known === id("inline"))
      ? planAll({ ...invoke, memo: invoke.memo.filter(({ id: known }) => nameOf(known) !== undefined) })
      : { status: "continue", ops: [ok("inline", large)] };
  };
  const path = await start();
  const paused = async (why: RegExp) => {
    await expect.poll(async () => (await engine.call("GET", path)).json.status).toBe("paused");
    expect((await engine.call("GET", path)).json.why).toMatch(why);
  };
  const mended = async (value: unknown) => {
    large = value;
    expect((await engine.call("POST", `${path}/resume`, {})).status).toBe(200);
  };
  await paused(/step "inline" \(0\) is larger than 4 MiB \(4194306 bytes\).*then resume/);
  expect(app.calls).toHaveLength(1);
  await mended("small");
  await expect.poll(() => tasksSent().length).toBeGreaterThan(0);
  const { status, output } = await ended(path);
  expect([status, output.sort()]).toEqual(["completed", [2, "small"]]);
  expect(
    app.calls.filter((invoke) => taskOf(invoke).kind === "advance" && invoke.memo.length === 0),
  ).toHaveLength(1);
});
