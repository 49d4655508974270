// Runs whose results do not fit into one request, with the real SDK: large ones are fetched, and of many small ones the rest
// comes in pages.
import { randomUUID } from "node:crypto";
import { DEV_SECRET } from "@durable/protocol/wire";
import { createFunction, type Step } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { createDatabase } from "../support/postgres.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";
import { spawnEngine } from "./spawn-engine.ts";

const MIB = 1024 * 1024;
/** By idempotency key: how often its body was called. */
const bodies = new Map<string, number>();
const environment = { ...process.env };
/** In no two tests are values alike: an app need not fetch what it has. */
let unlike = "";

function ran(key: string): void {
  bodies.set(key, (bodies.get(key) ?? 0) + 1);
}

async function large(step: Step, name: string, bytes = MIB): Promise<string> {
  return step.run(name, ({ idempotencyKey }) => {
    ran(idempotencyKey);
    return `${name}:${unlike}${"ä€x".repeat(Math.floor(bytes / 6))}`;
  });
}

/** What it read of each result: the name, and how long it was. */
const report = (results: readonly string[]) => results.map((text) => `${text.split(":")[0]} ${text.length}`);
const expected = (names: readonly string[], bytes = MIB) =>
  names.map((name) => `${name} ${name.length + 1 + unlike.length + Math.floor(bytes / 6) * 3}`);
const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

interface Halves {
  readonly half: number;
  readonly waits?: boolean;
}

const halves = createFunction({
  id: "halves",
  trigger: { event: "halves" },
  async handler({ event, step }) {
    const { half, waits } = event.data as Halves;
    const results: string[] = [];
    for (const name of numbered("first", half)) results.push(await large(step, name));
    if (waits) await step.waitForEvent("go", { event: "go" });
    for (const name of numbered("then", half)) results.push(await large(step, name));
    return report(results);
  },
});
const expectedHalves = (half: number) => [
  ...expected(numbered("first", half)),
  ...expected(numbered("then", half)),
];

/** Each is below what is fetched by itself; together they are more than a request. */
const SMALL = { count: 80, bytes: 60_000 };

const manySmall = createFunction({
  id: "many-small",
  trigger: { event: "many-small" },
  async handler({ step }) {
    const results: string[] = [];
    for (const name of numbered("small", SMALL.count)) results.push(await large(step, name, SMALL.bytes));
    const one = await large(step, "one");
    await step.waitForEvent("go", { event: "go" });
    return report([...results, one, await large(step, "then", 10)]);
  },
});
const expectedManySmall = () => [
  ...expected(numbered("small", SMALL.count), SMALL.bytes),
  ...expected(["one"]),
  ...expected(["then"], 10),
];

const tasks = createFunction({
  id: "tasks",
  trigger: { event: "tasks" },
  async handler({ step }) {
    const results: string[] = [];
    for (const name of numbered("first", 5)) results.push(await large(step, name));
    const both = await step.parallel(["left", "right"].map((name) => (own: Step) => large(own, name, 10)));
    await step.run("once", ({ idempotencyKey }) => ran(idempotencyKey), { atMostOnce: true });
    return report([...results, ...both]);
  },
});
const expectedTasks = () => [...expected(numbered("first", 5)), ...expected(["left", "right"], 10)];

const asked = createFunction({
  id: "asked",
  trigger: { event: "asked" },
  async handler({ event, step }) {
    step.onQuery("length", () => event.data.results);
    step.onQuery("all of it", () => "x".repeat(5 * MIB));
    for (const name of numbered("first", event.data.results)) await large(step, name);
    await step.waitForEvent("go", { event: "go" });
  },
});

const FUNCTIONS = [halves, tasks, asked, manySmall];

beforeEach(() => {
  bodies.clear();
  unlike = randomUUID();
});
afterEach(() => {
  process.env = { ...environment };
});

async function withEngine<T>(use: (engine: Awaited<ReturnType<typeof startEngine>>) => Promise<T>) {
  const engine = await startEngine();
  process.env["DURABLE_URL"] = engine.url;
  const app = await startSdkApp(
    engine,
    "shop",
    FUNCTIONS,
    serve({ app: "shop", functions: FUNCTIONS, secret: DEV_SECRET }),
  );
  try {
    await use(engine);
    await expectInvariants(engine.database, "after");
  } finally {
    await app.stop();
    await engine.stop();
  }
}

test("30 steps of 1 MiB each end with the right results, and each body ran once", {
  timeout: 90_000,
}, async () => {
  await withEngine(async (engine) => {
    const sent = await engine.call("POST", "/v1/events?app=shop&wait=50", {
      name: "halves",
      data: { half: 15 },
    });
    const [run] = sent.json.runs;
    expect(run.status, JSON.stringify(run.error)).toBe("completed");
    expect(run.output).toEqual(expectedHalves(15));
    expect([...bodies.values()]).toEqual(Array(30).fill(1));
  });
});

test("80 results that are not fetched one by one come in pages, and among them one that is", {
  timeout: 60_000,
}, async () => {
  await withEngine(async (engine) => {
    const sent = await engine.call("POST", "/v1/events?app=shop", { name: "many-small" });
    const path = `/v1/apps/shop/dev/runs/${sent.json.runs[0].run}`;
    await expect
      .poll(async () => (await engine.call("GET", path)).json.status, { timeout: 30_000 })
      .toBe("waiting");
    expect((await engine.call("POST", "/v1/events?app=shop", { name: "go" })).status).toBe(200);
    const run = (await engine.call("GET", `${path}?wait=30`)).json;
    expect(run.output, JSON.stringify(run.error)).toEqual(expectedManySmall());
    expect([...bodies.values()]).toEqual(Array(SMALL.count + 2).fill(1));
  });
});

test("steps in parallel and at most once see a long memo too", { timeout: 60_000 }, async () => {
  await withEngine(async (engine) => {
    const sent = await engine.call("POST", "/v1/events?app=shop&wait=50", { name: "tasks" });
    const [run] = sent.json.runs;
    expect(run.status, JSON.stringify(run.error)).toBe("completed");
    expect(run.output).toEqual(expectedTasks());
    expect([...bodies.values()]).toEqual(Array(8).fill(1));
  });
});

test("an app that knows no engine pauses the run and says what to do; then it goes on", {
  timeout: 60_000,
}, async () => {
  await withEngine(async (engine) => {
    delete process.env["DURABLE_URL"];
    process.env["NODE_ENV"] = "production";
    const sent = await engine.call("POST", "/v1/events?app=shop", { name: "tasks" });
    const path = `/v1/apps/shop/dev/runs/${sent.json.runs[0].run}`;
    await expect.poll(async () => (await engine.call("GET", path)).json.status).toBe("paused");
    const { why, error } = (await engine.call("GET", path)).json;
    expect(JSON.stringify({ why, error })).toContain("Set DURABLE_URL where the app runs");
    process.env["DURABLE_URL"] = engine.url;
    expect((await engine.call("POST", `${path}/resume`, {})).status).toBe(200);
    expect((await engine.call("GET", `${path}?wait=30`)).json.status).toBe("completed");
    expect([...bodies.values()]).toEqual(Array(8).fill(1));
  });
});

test("an app that reaches no engine runs nothing, and is asked again", { timeout: 60_000 }, async () => {
  await withEngine(async (engine) => {
    process.env["DURABLE_URL"] = "http://127.0.0.1:9";
    const sent = await engine.call("POST", "/v1/events?app=shop", { name: "tasks" });
    const path = `/v1/apps/shop/dev/runs/${sent.json.runs[0].run}`;
    const seen = async () => JSON.stringify((await engine.call("GET", path)).json);
    await expect.poll(seen).toContain("Does DURABLE_URL lead to the engine that called?");
    process.env["DURABLE_URL"] = engine.url;
    expect((await engine.call("GET", `${path}?wait=30`)).json.status).toBe("completed");
    expect([...bodies.values()]).toEqual(Array(8).fill(1));
  });
});

test("a query is refused with a sentence when what it needs, or what it answers, is too large", {
  timeout: 60_000,
}, async () => {
  await withEngine(async (engine) => {
    const ask = async (results: number, query: string) => {
      const sent = await engine.call("POST", "/v1/events?app=shop", { name: "asked", data: { results } });
      const path = `/v1/apps/shop/dev/runs/${sent.json.runs[0].run}`;
      await expect
        .poll(async () => (await engine.call("GET", path)).json.status, { timeout: 20_000 })
        .toBe("waiting");
      const answer = await engine.call("POST", `${path}/query/${encodeURIComponent(query)}`, {});
      await engine.call("POST", `${path}/cancel`, {});
      return answer;
    };
    expect(await ask(3, "length")).toMatchObject({ status: 200, json: { output: 3 } });
    const beyond = await ask(5, "length");
    expect(beyond.status).toBe(413);
    expect(beyond.json.detail).toMatch(/event and results are larger than the 4 MiB.*step\.setState/);
    const large = await ask(1, "all of it");
    expect(large.text).toMatch(/Query \\"all of it\\" returned more than 4 MiB of JSON/);
  });
});

test("the same when the engine is killed in between and another one goes on", {
  timeout: 90_000,
}, async () => {
  const database = await createDatabase();
  let engine = await spawnEngine(database.url);
  const useEngine = () => {
    process.env["DURABLE_URL"] = `http://127.0.0.1:${engine.port}`;
  };
  useEngine();
  const app = await startSdkApp(engine, "shop", FUNCTIONS);
  try {
    const run = await app.start("halves", { half: 8, waits: true });
    await expect.poll(async () => (await app.show(run)).status).toBe("waiting");
    await engine.kill();
    engine = await spawnEngine(database.url);
    useEngine();
    expect((await engine.call("POST", "/v1/events?app=shop", { name: "go" })).status).toBe(200);
    const { json: ended } = await engine.call("GET", `${app.path(run)}?wait=50`);
    expect(ended.status, JSON.stringify(ended.error)).toBe("completed");
    expect(ended.output).toEqual(expectedHalves(8));
    expect([...bodies.values()]).toEqual(Array(16).fill(1));
  } finally {
    await app.stop();
    await engine.kill();
    await database.drop();
  }
});
