// Large results with the real SDK: what goes over the line, and what becomes of a run whose app cannot fetch them.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DEV_SECRET } from "@durable/protocol/wire";
import { createFunction, type Step } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { leaveNobodyAlone } from "../../sdk-ts/src/http/dispatch-connection.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

const MIB = 1024 * 1024;
const RESULTS = 20;
const environment = { ...process.env };
/** By idempotency key: how often its body was called. */
const bodies = new Map<string, number>();
let made = 0;

/** In no two runs are values alike: the process of the app need not fetch what it has. */
function another(): string {
  made += 1;
  return `${made} ${"x".repeat(MIB)}`;
}

const large = (step: Step, name: string) =>
  step.run(name, ({ idempotencyKey }) => {
    bodies.set(idempotencyKey, (bodies.get(idempotencyKey) ?? 0) + 1);
    return another();
  });

const many = createFunction({
  id: "many",
  trigger: { event: "many" },
  async handler({ event, step }) {
    let length = 0;
    for (let i = 0; i < event.data.count; i += 1) length += (await large(step, `s${i}`)).length;
    return length > event.data.count * MIB;
  },
});

const beside = createFunction({
  id: "beside",
  trigger: { event: "beside" },
  async handler({ step }) {
    const first = await large(step, "first");
    const pair = ["left", "right"].map((name) => (own: Step) => large(own, name));
    const [left, right] = await step.parallel(pair, { fanOut: true });
    const won = await step.race({
      a: (own) => large(own, "a"),
      b: (own) => own.sleep("b", "1d"),
    });
    const once = await step.run("once", () => first.length, { atMostOnce: true });
    return [first, left, right, won.value].every((text) => String(text).length > MIB) && once > MIB;
  },
});

const looping = createFunction({
  id: "looping",
  trigger: { event: "looping" },
  retry: { max: 1 },
  onFailure: ({ event }) => void failedWith.push(JSON.stringify(event.data).length),
  async handler({ event, step }) {
    const { text, count, fails } = event.data;
    for (let i = 0; i < count; i += 1) await step.run(`s${i}`, () => text.length, { atMostOnce: i === 1 });
    if (fails) throw new Error("no");
    return text.length;
  },
});
const failedWith: number[] = [];

const undone = createFunction({
  id: "undone",
  trigger: { event: "undone" },
  retry: { max: 1 },
  async handler({ step }) {
    await step.run("keep", () => another(), {
      compensate: (value) => void undoneWith.push(value.length > MIB),
    });
    throw new Error("no");
  },
});
const undoneWith: boolean[] = [];

const FUNCTIONS = [many, beside, looping, undone];

beforeEach(() => {
  bodies.clear();
  undoneWith.length = 0;
  failedWith.length = 0;
});
afterEach(() => {
  process.env = { ...environment };
});

interface Line {
  /** Bytes of each request that the app was sent. */
  readonly requests: number[];
  /** Bytes of the values that it fetched. */
  readonly fetched: number[];
  /** Whether a request for a value is hung up on. */
  isAway: boolean;
}

/** An engine, an app, and between them lines that count. */
async function withApp(use: (app: Awaited<ReturnType<typeof startSdkApp>>, line: Line) => Promise<void>) {
  const engine = await startEngine();
  const line: Line = { requests: [], fetched: [], isAway: false };
  const door = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const isBlob = request.url!.endsWith("/blob");
    if (isBlob && line.isAway) return void response.destroy();
    const { host: _, connection: __, "content-length": ___, ...headers } = request.headers;
    const answer = await fetch(engine.url + request.url!, {
      method: "POST",
      headers: headers as Record<string, string>,
      body: Buffer.concat(pieces),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    if (isBlob) line.fetched.push(body.length);
    const signature = ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature"];
    for (const name of signature) {
      const value = answer.headers.get(name);
      if (value !== null) response.setHeader(name, value);
    }
    response.writeHead(answer.status).end(body);
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  process.env["DURABLE_URL"] = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  const route = serve({ app: "shop", functions: FUNCTIONS, secret: DEV_SECRET });
  const app = await startSdkApp(engine, "shop", FUNCTIONS, (request, response) => {
    line.requests.push(Number(request.headers["content-length"]));
    route(request, response);
  });
  try {
    await use(app, line);
    await expectInvariants(engine.database, "after");
  } finally {
    await app.stop();
    await engine.stop();
    door.closeAllConnections();
    await new Promise((resolve) => door.close(resolve));
  }
}

test("20 results of 1 MiB: requests stay small, and no value goes to the app more than once", {
  timeout: 90_000,
}, async () => {
  await withApp(async (app, line) => {
    const run = await app.ended(await app.start("many", { count: RESULTS }), 60);
    expect(run.output, JSON.stringify(run.error)).toBe(true);
    expect([...bodies.values()]).toEqual(Array(RESULTS).fill(1));
    const largest = Math.max(...line.requests);
    const all = line.requests.reduce((sum, bytes) => sum + bytes, 0);
    expect(largest).toBeLessThan(8 * 1024);
    expect(all).toBeLessThan(RESULTS * 8 * 1024);
    expect(line.fetched.length).toBeLessThanOrEqual(RESULTS);
    for (const bytes of line.fetched) expect(bytes).toBeLessThan(MIB + 16);
  });
});

test("steps beside each other, in a race, planned and at most once get what they are given", {
  timeout: 60_000,
}, async () => {
  await withApp(async (app, line) => {
    const run = await app.ended(await app.start("beside"), 30);
    expect(run.output, JSON.stringify(run.error)).toBe(true);
    expect([...bodies.values()]).toEqual([1, 1, 1, 1]);
    expect(Math.max(...line.requests)).toBeLessThan(8 * 1024);
    expect(line.fetched.length).toBeGreaterThan(0);
  });
});

test("a step is undone with its large result", { timeout: 60_000 }, async () => {
  await withApp(async (app) => {
    const run = await app.ended(await app.start("undone"), 30);
    expect(run.status).toBe("failed");
    expect(undoneWith).toEqual([true]);
  });
});

test("an engine that is away while a value is fetched: nothing runs twice, and the run goes on when it is back", {
  timeout: 60_000,
}, async () => {
  await withApp(async (app, line) => {
    line.isAway = true;
    const id = await app.start("many", { count: 3 });
    const seen = async () => JSON.stringify(await app.show(id));
    await expect.poll(seen, { timeout: 20_000 }).toContain("the engine gave no answer");
    expect([...bodies.values()]).toEqual([1]);
    line.isAway = false;
    leaveNobodyAlone();
    const run = await app.ended(id, 50);
    expect(run.output, JSON.stringify(run.error)).toBe(true);
    expect([...bodies.values()]).toEqual([1, 1, 1]);
  });
});

test("an app that is told no engine any more is sent its values again, and does not pause", {
  timeout: 60_000,
}, async () => {
  await withApp(async (app, line) => {
    delete process.env["DURABLE_URL"];
    process.env["NODE_ENV"] = "production";
    const run = await app.ended(await app.start("many", { count: 2 }), 30);
    expect(run.output, JSON.stringify(run)).toBe(true);
    expect([...bodies.values()]).toEqual([1, 1]);
    expect(line.fetched).toEqual([]);
  });
});

test("an event of nearly 1 MiB goes to the app once, however often its run is called", {
  timeout: 60_000,
}, async () => {
  await withApp(async (app, line) => {
    const text = another().slice(0, MIB - 1_024);
    const run = await app.ended(await app.start("looping", { text, count: 15 }), 30);
    expect(run.output, JSON.stringify(run.error)).toBe(text.length);
    expect(line.requests.length).toBeGreaterThan(3);
    expect(Math.max(...line.requests)).toBeLessThan(8 * 1024);
    expect(line.fetched.length).toBe(1);
    expect(line.fetched[0]).toBeLessThan(MIB);
  });
});

test("what a failed run was given comes to its onFailure, by reference too", {
  timeout: 60_000,
}, async () => {
  await withApp(async (app, line) => {
    const text = another().slice(0, MIB / 2);
    await app.ended(await app.start("looping", { text, count: 2, fails: true }), 30);
    await expect
      .poll(() => failedWith, { timeout: 20_000 })
      .toEqual([JSON.stringify({ text, count: 2, fails: true }).length]);
    expect(Math.max(...line.requests)).toBeLessThan(8 * 1024);
  });
});

test("an event that cannot be fetched: nothing runs, and the run says so and goes on when it can", {
  timeout: 60_000,
}, async () => {
  await withApp(async (app, line) => {
    line.isAway = true;
    const text = another().slice(0, MIB / 2);
    const id = await app.start("looping", { text, count: 1 });
    const seen = async () => JSON.stringify(await app.show(id));
    await expect.poll(seen, { timeout: 20_000 }).toContain("the engine gave no answer");
    line.isAway = false;
    leaveNobodyAlone();
    expect((await app.ended(id, 50)).output).toBe(text.length);
  });
});
