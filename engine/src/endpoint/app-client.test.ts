// The life of connections and origins, with timers turned by hand. What apps may do to a reply is in
// hostile-apps.test.ts.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { buildConnector } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock, Timers } from "../runtime/ports.ts";
import { systemPorts } from "../runtime/system-ports.ts";
import { AppClient, type AppClientOptions } from "./app-client.ts";
import { createConnector } from "./connector.ts";
import { createEgressGuard } from "./egress-guard.ts";
import type { Patience } from "./exchange.ts";

/** Time stands still until it is turned. */
class TurnedTime implements Clock, Timers {
  #nowMs = 1_000;
  #timers = new Map<symbol, { dueMs: number; fn: () => void }>();
  monotonicMs = () => this.#nowMs;
  epochMs = () => 1_700_000_000_000 + this.#nowMs;
  epochOf = (monotonicMs: number) => 1_700_000_000_000 + monotonicMs;
  after(ms: number, fn: () => void): () => void {
    const id = Symbol();
    this.#timers.set(id, { dueMs: this.#nowMs + ms, fn });
    return () => this.#timers.delete(id);
  }
  get armed(): number {
    return this.#timers.size;
  }
  turn(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const next = [...this.#timers]
        .filter(([, { dueMs }]) => dueMs <= untilMs)
        .sort((a, b) => a[1].dueMs - b[1].dueMs)[0];
      if (next === undefined) break;
      this.#nowMs = next[1].dueMs;
      this.#timers.delete(next[0]);
      next[1].fn();
    }
    this.#nowMs = untilMs;
  }
}

const PATIENCE = { totalMs: 10_000, firstByteMs: 5_000, idleMs: 1_000 };
const REQUEST = { id: "dsp_1", body: "{}", headers: [] };

let time: TurnedTime;
let server: Server;
let answering = true;
let closers: (() => Promise<unknown>)[];

beforeEach(async () => {
  time = new TurnedTime();
  answering = true;
  closers = [];
  server = createServer((_, response) => void (answering && response.writeHead(404).end()));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  closers.push(() => new Promise((closed) => server.close(closed).closeAllConnections()));
});

afterEach(async () => {
  for (const close of closers.reverse()) await close();
});

function newClient(options: Partial<AppClientOptions> = {}) {
  const dialed: string[] = [];
  const guard = createEgressGuard({ allowLoopback: true });
  const real = createConnector({ ...systemPorts(), guard, resolve: async () => ["127.0.0.1"] });
  const connect: buildConnector.connector = (target, callback) => {
    dialed.push(target.hostname);
    real(target, callback);
  };
  const client = new AppClient({ clock: time, timers: time, connect, ...options });
  closers.push(() => {
    client.giveUp();
    return client.close();
  });
  const { port } = server.address() as AddressInfo;
  const call = (host = "a.localhost", patience: Patience = PATIENCE) =>
    client.call({ origin: `http://${host}:${port}`, path: "/" }, REQUEST, [], patience);
  return { client, call, dialed };
}

test("an origin nobody calls for a minute is closed; one in use is not", async () => {
  const { call, dialed, client } = newClient({ idleOriginMs: 60_000 });
  await call();
  time.turn(59_000);
  await call();
  time.turn(59_000);
  expect(await call()).toMatchObject({ kind: "refused" });
  expect(dialed, "its connection was kept").toHaveLength(1);
  time.turn(120_000);
  expect(time.armed, "no timer without origins").toBe(0);
  await call();
  expect(dialed).toHaveLength(2);
  expect(client.inFlight).toBe(0);
});

test("beyond the bound, the origin unused longest makes room", async () => {
  const { call, dialed } = newClient({ maxOrigins: 2 });
  for (const host of ["a.localhost", "b.localhost", "c.localhost"]) {
    await call(host);
    time.turn(10);
  }
  await call("c.localhost");
  await call("a.localhost");
  expect(dialed).toEqual(["a.localhost", "b.localhost", "c.localhost", "a.localhost"]);
});

test("the engine's clock alone decides when a request has taken too long", async () => {
  answering = false;
  const { call, client } = newClient();
  let settled = false;
  const result = call().finally(() => {
    settled = true;
  });
  await expect
    .poll(() => (server as Server & { connectionsCheckingInterval?: unknown }).listening)
    .toBe(true);
  await new Promise((heard) => server.once("request", heard));
  time.turn(4_900);
  await new Promise((turned) => setImmediate(turned));
  expect(settled).toBe(false);
  time.turn(200);
  expect(await result).toMatchObject({ kind: "broken", reason: "timeout", status: null });
  expect(client.inFlight).toBe(0);
});

test("its time counts from what was last heard of it, and is asked for only when it would be over", async () => {
  answering = false;
  const { call } = newClient();
  let lastHeardMs: number | null = null;
  let asked = 0;
  const pulse = {
    silenceMs: null,
    async lastHeardMs() {
      asked += 1;
      return lastHeardMs;
    },
  };
  let settled = false;
  const result = call("a.localhost", { ...PATIENCE, pulse }).finally(() => {
    settled = true;
  });
  await new Promise((heard) => server.once("request", heard));
  const turnTo = (ms: number) => time.turn(ms - time.monotonicMs());
  let overMs = time.monotonicMs() + PATIENCE.firstByteMs;
  for (let beat = 1; beat <= 3; beat += 1) {
    turnTo(overMs - 100);
    expect(asked).toBe(beat - 1);
    lastHeardMs = time.monotonicMs();
    turnTo(overMs + 50);
    await new Promise((turned) => setImmediate(turned));
    expect([asked, settled]).toEqual([beat, false]);
    overMs = lastHeardMs + PATIENCE.firstByteMs;
  }
  turnTo(overMs + 50);
  await new Promise((turned) => setImmediate(turned));
  expect([asked, settled]).toEqual([4, false]);
  turnTo(overMs + 100);
  expect(await result).toMatchObject({ kind: "broken", reason: "timeout", status: null });
});

test("what has to be heard of ends by its silence, long before its time is over", async () => {
  answering = false;
  const { call } = newClient();
  // Sent at 1 s, and then heard of at 2 s.
  const lastHeardMs = async () => 2_000;
  const result = call("a.localhost", { ...PATIENCE, pulse: { silenceMs: 3_000, lastHeardMs } });
  await new Promise((heard) => server.once("request", heard));
  for (const ms of [3_000, 1_000, 50]) {
    time.turn(ms);
    await new Promise((turned) => setImmediate(turned));
  }
  expect(await result).toMatchObject({ kind: "broken", reason: "silent" });
  expect(time.monotonicMs()).toBe(5_050);
});

test("an engine that stood still takes in what was said meanwhile before it calls anybody silent", async () => {
  answering = false;
  const { call } = newClient();
  let said: number | null = null;
  let settled = false;
  const result = call("a.localhost", {
    ...PATIENCE,
    pulse: { silenceMs: 1_000, lastHeardMs: async () => said },
  }).finally(() => {
    settled = true;
  });
  await new Promise((heard) => server.once("request", heard));
  time.turn(4_000);
  await new Promise((turned) => setImmediate(turned));
  said = 4_900;
  time.turn(50);
  await new Promise((turned) => setImmediate(turned));
  expect(settled).toBe(false);
  time.turn(1_000);
  await new Promise((turned) => setImmediate(turned));
  time.turn(50);
  expect(await result).toMatchObject({ reason: "silent" });
});

test("giving up ends everything under way at once", async () => {
  answering = false;
  const { call, client } = newClient({ maxConnectionsPerOrigin: 1 });
  const heard = new Promise((request) => server.once("request", request));
  const results = [call(), call()];
  await heard;
  client.giveUp();
  expect(await results[0]).toMatchObject({ kind: "broken", reason: "timeout" });
  expect(await results[1]).toMatchObject({ kind: "never-arrived" });
  await client.close();
});

test.each(["ftp://shop.example.com", "nonsense", "", "http://a b"])(
  "an origin like %j ends as data too",
  async (origin) => {
    const { client } = newClient();
    const result = await client.call({ origin, path: "/" }, REQUEST, [], PATIENCE);
    expect(result).toMatchObject({ kind: "never-arrived" });
    expect(client.inFlight).toBe(0);
  },
);

test.each([
  [{ ...REQUEST, headers: ["webhook-id", "a\r\nhost: evil"] }, "/"],
  [REQUEST, "/a b\r\nx: y"],
])("a header or path that would break the request line is not written", async (request, path) => {
  const { client } = newClient();
  const { port } = server.address() as AddressInfo;
  const result = await client.call({ origin: `http://127.0.0.1:${port}`, path }, request, [], PATIENCE);
  expect(result).toMatchObject({ kind: "never-arrived" });
});
