// One-off calls, and questions to runs: answered at once, and nothing of them is recorded.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { call, createFunction, Durable, FunctionError } from "@durable/sdk";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { waitFor } from "../support/wait.ts";
import { startApp } from "./api-app.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

const price = createFunction({
  id: "price",
  input: z.object({ amount: z.number(), day: z.string().default("today") }),
  output: z.object({ total: z.number(), key: z.string(), day: z.string(), name: z.string() }),
  handler: async ({ event, step, run }) => {
    step.setState("is ignored");
    step.onQuery("nobody", () => "asks");
    const key = await step.run("key", ({ idempotencyKey, attempt }) => `${attempt} ${idempotencyKey}`);
    const [a, b] = await Promise.all([
      step.run("part", () => event.data.amount),
      step.run("part", async () => ({ at: new Date(0) })),
    ]);
    const way = await step.branch("way", { none: a < 0, other: true });
    const total = way === "other" && b.at === "1970-01-01T00:00:00.000Z" ? a * 2 : 0;
    return { total, key: key.replace(run.id, "ID"), day: event.data.day, name: event.name };
  },
});
const throws = createFunction({
  id: "throws",
  handler: ({ event, step }) =>
    step.run("inner", () => {
      throw Object.assign(new RangeError(`no ${event.data}`), { code: "none" });
    }),
});
const waits = createFunction({
  id: "waits",
  handler: async ({ event, step }): Promise<unknown> => {
    if (event.data === "sleep") return step.sleep("nap", "1s");
    if (event.data === "send") return step.sendEvent("tell", { name: "told" });
    return step.waitForEvent("go", { event: "go" });
  },
});
const joins = createFunction({
  id: "joins",
  handler: async ({ step }) => {
    const late: string[] = [];
    const both = await step.parallel({ a: (s) => s.run("load", () => 1), b: (s) => s.run("load", () => 2) });
    const first = await step.race([
      (s) => s.run("quick", () => "quick"),
      async (s) => {
        await s.run("slow", () => new Promise((done) => setTimeout(done, 20)));
        await s.run("never", () => late.push("went on"));
        return "slow";
      },
    ]);
    await step.run("wait for the loser", () => new Promise((done) => setTimeout(done, 60)));
    return { both, first, late };
  },
});
const bodies: string[] = [];
const asked = createFunction({
  id: "asked",
  trigger: { event: "ask.me" },
  handler: async ({ event, step }) => {
    const done: string[] = [];
    step.onQuery("progress", (input) => ({ done, input, of: event.name }));
    step.onQuery("breaks", () => {
      throw new RangeError("so");
    });
    step.onQuery("how far / wie weit?", () => done.length);
    step.onQuery("steps", () => step.run("from a query", () => "no"));
    for (const name of ["a", "b"]) {
      done.push(
        await step.run(name, () => {
          bodies.push(name);
          return name;
        }),
      );
    }
    const go = await step.waitForEvent("go", { event: "go.on" });
    done.push("go");
    if (go?.data === "fail") throw new Error("told to");
    return done;
  },
});

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
let durable: Durable;

beforeAll(async () => {
  engine = await startEngine();
  app = await startSdkApp(engine, "shop", [price, throws, waits, joins, asked]);
  durable = new Durable({ app: "shop", url: engine.url });
});

afterAll(async () => {
  await app.stop();
  await engine.stop();
  vi.unstubAllEnvs();
});

afterAll(() => expectInvariants(engine.database));

const post = (path: string, body: unknown) => engine.call("POST", `/v1/apps/shop/dev/${path}`, body);

describe("a call", () => {
  test("runs the handler with its steps where they stand, and leaves nothing behind", async () => {
    const answer = await post("functions/price/call", { input: { amount: 21 } });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json).toEqual({
      status: "completed",
      output: {
        total: 42,
        key: expect.stringMatching(/^1 ID\/[0-9a-f]{32}$/),
        day: "today",
        name: "durable.call",
      },
      failure: null,
      app_ms: expect.any(Number),
    });
    const [count] = await engine.database.sql`
      select (select count(*) from durable.runs)::int as runs, (select count(*) from durable.events)::int as events`;
    expect(count).toEqual({ runs: 0, events: 0 });
  });

  test("is typed by its function, and is found by name", async () => {
    const output = await durable.call(price, { amount: 2 });
    expect(output.total satisfies number).toBe(4);
    vi.stubEnv("DURABLE_URL", engine.url);
    expect(await call("shop/price", { amount: 3 })).toMatchObject({ total: 6 });
  });

  test("has branches beside each other, and a branch that lost goes no further", async () => {
    expect(await durable.call(joins)).toEqual({ both: { a: 1, b: 2 }, first: "quick", late: [] });
  });

  test("that throws is an answer: failed, with the error", async () => {
    const answer = await post("functions/throws/call", { input: "bread" });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      status: "failed",
      output: null,
      failure: { name: "RangeError", message: "no bread", code: "none" },
    });
    const error = await durable.call(throws, "salt").catch((thrown) => thrown);
    expect(error).toBeInstanceOf(FunctionError);
    expect(error).toMatchObject({ runId: undefined, code: "none", cause: { name: "RangeError" } });
    expect(error.message).toBe('"throws" failed: RangeError: no salt');
  });

  test.each([
    ["sleep", /Step "nap": a one-off call has no run, so it cannot sleep\. Start a run instead/],
    ["wait", /Step "go": .* cannot wait for an event/],
    ["send", /Step "tell": .* cannot send events as a step \(send them with the client\)/],
  ])("cannot %s, and says what can", async (what, sentence) => {
    const answer = await post("functions/waits/call", { input: what });
    expect(answer.json.failure.message).toMatch(sentence);
  });

  test("with an input that does not fit is refused with a pointer", async () => {
    const answer = await post("functions/price/call", { input: { amount: "much" } });
    expect([answer.status, answer.json.errors]).toEqual([
      422,
      [{ pointer: "/input/amount", detail: "must be number" }],
    ]);
  });

  test("of a function that is not there is not found", async () => {
    expect((await post("functions/prize/call", {})).json.detail).toMatch(
      /no function "prize"\. Did you mean price\?/,
    );
  });

  test("of an app that is away, too slow or of another kind says whether its code ran", async () => {
    const old = await startApp({ app: "old", functions: [{ id: "f", triggers: [] }] });
    await engine.call("POST", "/v1/apps/old/dev/sync", { url: old.url });
    const askOld = () => engine.call("POST", "/v1/apps/old/dev/functions/f/call", {});
    expect((await askOld()).json).toMatchObject({ status: 409, code: "unsupported-by-app" });
    await old.stop();

    const away = await startSdkApp(engine, "away", [price]);
    const slow = createServer(() => {});
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    await away.stop();
    const askAway = () =>
      engine.call("POST", "/v1/apps/away/dev/functions/price/call", { input: { amount: 1 } });
    const refused = await askAway();
    expect(refused.json).toMatchObject({ status: 502, code: "app-failed" });
    expect(refused.json.detail).toMatch(/Nothing ran\.$/);

    const port = (slow.address() as AddressInfo).port;
    await engine.database.sql`
      update durable.endpoints set url = ${`http://127.0.0.1:${port}/`}, max_duration_ms = -4500
      where workspace_id = (select id from durable.workspaces where app = 'away')`;
    const late = await waitFor("the moved endpoint", async () => {
      const answer = await askAway();
      return answer.status === 504 ? answer : null;
    });
    expect(late.json).toMatchObject({ code: "app-timeout" });
    expect(late.json.detail).toMatch(/within 500 ms\. Its code may have run\.$/);
    slow.closeAllConnections();
    slow.close();
  });
});

describe("a query", () => {
  const ended = (run: string) => engine.call("GET", `/v1/apps/shop/dev/runs/${run}?wait=20`);
  const waiting = (run: string) =>
    waitFor("the run to wait", async () => {
      const { json } = await engine.call("GET", `/v1/apps/shop/dev/runs/${run}`);
      return json.status === "waiting" ? json : null;
    });

  test("is answered by what is recorded, and starts nothing", async () => {
    bodies.length = 0;
    const { run } = await durable.start(asked);
    const before = await waiting(run);
    expect(await durable.query(run, "progress", { more: 1 })).toEqual({
      done: ["a", "b"],
      input: { more: 1 },
      of: "durable.trigger",
    });
    expect(bodies).toEqual(["a", "b"]);
    const after = (await engine.call("GET", `/v1/apps/shop/dev/runs/${run}`)).json;
    // The engine looks back for the wait meanwhile; nothing else moves.
    const recorded = (shown: { steps: { wait: unknown }[] }) =>
      shown.steps.map((step) => ({ ...step, wait: null }));
    expect(recorded(after)).toEqual(recorded(before));
    expect(after.live.journal_seq).toBe(before.live.journal_seq);

    await durable.send({ name: "go.on" });
    expect((await ended(run)).json.status).toBe("completed");
    expect(await durable.query(run, "progress")).toMatchObject({ done: ["a", "b", "go"], input: null });
    expect(await durable.query(run, "how far / wie weit?")).toBe(3);
  });

  test("is answered after a failure, and after a cancel", async () => {
    const { run } = await durable.start(asked);
    await waiting(run);
    await engine.call("POST", `/v1/apps/shop/dev/runs/${run}/cancel`, {});
    expect(await durable.query(run, "progress")).toMatchObject({ done: ["a", "b"] });
  });

  test("that throws, or asks for a step, is an answer", async () => {
    const { run } = await durable.start(asked);
    await waiting(run);
    const answer = await post(`runs/${run}/query/breaks`, {});
    expect(answer.json).toMatchObject({ status: "failed", failure: { name: "RangeError", message: "so" } });
    const error = await durable.query(run, "steps").catch((thrown) => thrown);
    expect(error.message).toMatch(
      /^Query "steps" of run .* Step "from a query" is called in query "steps", which answers and starts nothing/,
    );
  });

  test("of an unknown name lists those there are; of an unknown run is not found", async () => {
    const { run } = await durable.start(asked);
    await waiting(run);
    const answer = await post(`runs/${run}/query/progres`, {});
    expect(answer.json).toMatchObject({ status: 404, code: "unknown-query" });
    expect(answer.json.detail).toMatch(
      /answers no query "progres"\. It answers progress, breaks, how far \/ wie weit\?, steps\./,
    );
    expect((await post(`runs/${crypto.randomUUID()}/query/progress`, {})).json.code).toBe("not-found");
    await engine.call("POST", "/v1/events?app=other", { name: "nothing" });
    const elsewhere = await engine.call("POST", `/v1/apps/other/dev/runs/${run}/query/progress`, {});
    expect(elsewhere.json.code).toBe("not-found");
  });
});
