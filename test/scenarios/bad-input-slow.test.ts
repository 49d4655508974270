// Slow, stalled and late requests, and the end of a server: small limits, no database but one that fails on request.
import { Writable } from "node:stream";
import { afterEach, expect, test } from "vitest";
import { EngineKeys } from "../../engine/src/auth/engine-keys.ts";
import { terminalLog } from "../../engine/src/cli/log.ts";
import { createEgressGuard } from "../../engine/src/endpoint/egress-guard.ts";
import { createHttpServer, type HttpParts } from "../../engine/src/http/server.ts";
import { EngineEvents } from "../../engine/src/observability/engine-events.ts";
import { systemPorts } from "../../engine/src/runtime/system-ports.ts";
import type { Database } from "../../engine/src/store/database.ts";
import { signal } from "../support/signals.ts";
import { waitFor, within } from "../support/wait.ts";
import { RawSocket, statusesOf } from "./raw-socket.ts";

let stopAfter: (() => Promise<void>) | null = null;
afterEach(async () => {
  await stopAfter?.();
  stopAfter = null;
});

/** Answers every statement by its text. */
function databaseOf(rowsOf: (text: string) => object[]): Database {
  const sql = (strings: TemplateStringsArray) => Promise.resolve(rowsOf(strings.join("")));
  return { sql } as unknown as Database;
}

async function startServer(parts: Partial<HttpParts> = {}) {
  const silent = new Writable({ write: (_line, _encoding, done) => done() });
  const server = createHttpServer({
    ...systemPorts(),
    config: { mode: "dev", host: "127.0.0.1", port: 0, adminToken: null },
    processMetrics: () => [],
    engineKeys: new EngineKeys([new Uint8Array(32)], systemPorts().random),
    database: databaseOf(() => [{ id: 1, applied: 1_000 }]),
    log: terminalLog({}, silent),
    events: new EngineEvents(),
    acceptEvents: {
      accept: () => Promise.resolve({ state: "accepted", ids: ["1"], runs: [], unstarted: [] }),
    },
    registry: { of: () => Promise.resolve({ isProduction: false } as never), forget: () => {} },
    appClient: null as never,
    checkpoints: { take: () => Promise.reject(new Error("not here")) },
    jobReady: () => {},
    bulkReady: () => {},
    eraseReady: () => {},
    retentionChanged: () => {},
    isHeld: () => false,
    isDown: () => false,
    egress: createEgressGuard({}),
    webhookClient: null as never,
    limits: { headersTimeoutMs: 200, requestTimeoutMs: 400, drainMs: 5_000 },
    ...parts,
  });
  await server.start();
  stopAfter = () => server.stop();
  return server;
}

const body = '{"name":"a"}';
const head = `POST /v1/events?app=shop HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`;
const send = `${head}content-length: ${body.length}\r\n\r\n${body}`;

test("headers that never end get 408, and the connection is closed", async () => {
  const { port } = await startServer();
  const received = await new RawSocket(port).write("GET /healthz HTTP/1.1\r\nhost: localhost\r\n").closed;
  expect(statusesOf(received)).toEqual([408]);
  expect(received).toContain('"code":"request-timeout"');
});

test("a body that never ends gets 408, and the connection is closed", async () => {
  const { port } = await startServer();
  const received = await new RawSocket(port).write(`${head}content-length: 100\r\n\r\n{`).closed;
  expect(statusesOf(received)).toEqual([408]);
});

test("a hundred slow senders do not keep a quick one waiting", async () => {
  const { port } = await startServer({ limits: { headersTimeoutMs: 2_000 } });
  const slow = Array.from({ length: 100 }, () =>
    new RawSocket(port).write("POST /v1/events HTTP/1.1\r\nhost: l"),
  );
  const quick = new RawSocket(port).write(
    "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
  );
  expect(statusesOf(await quick.closed)).toEqual([200]);
  for (const socket of slow) socket.end();
});

test("a database that is away is 503 with Retry-After, never a 2xx", async () => {
  for (const code of ["ECONNREFUSED", "CONNECTION_CLOSED", "CONNECT_TIMEOUT", "CONNECTION_ENDED"]) {
    const { port, stop } = await startServer({
      acceptEvents: { accept: () => Promise.reject(Object.assign(new Error("gone"), { code })) },
    });
    const received = await new RawSocket(port).write(send.replace("\r\n", "\r\nconnection: close\r\n"))
      .closed;
    expect(statusesOf(received)).toEqual([503]);
    expect(received.toLowerCase()).toContain("retry-after: 1");
    expect(received).toContain('"code":"unavailable"');
    await stop();
  }
});

test("an error nobody expected is 500 with an id, and without a word of its own", async () => {
  const { port } = await startServer({
    acceptEvents: { accept: () => Promise.reject(new Error("select secret from durable.signing_secrets")) },
  });
  const received = await new RawSocket(port).write(send.replace("\r\n", "\r\nconnection: close\r\n")).closed;
  expect(statusesOf(received)).toEqual([500]);
  expect(received).toMatch(/"requestId":"[0-9a-f-]{36}"/);
  expect(received).not.toContain("secret");
});

test("a stopping server finishes what is in flight, sends the rest away, and lets go of its port", async () => {
  const accepting = signal();
  const release = signal();
  const server = await startServer({
    acceptEvents: {
      accept: async () => {
        accepting.announce();
        await release.seen;
        return { state: "accepted", ids: ["kept"], runs: [], unstarted: [] };
      },
    },
  });
  const { port } = server;
  const inFlight = new RawSocket(port).write(send);
  const halfSent = new RawSocket(port).write(send.slice(0, 40));
  await accepting.seen;
  const stopped = server.stop();
  halfSent.write(send.slice(40));
  const refused = await halfSent.closed;
  expect(statusesOf(refused)).toEqual([503]);
  expect(refused.toLowerCase()).toContain("retry-after: 1");
  expect(refused.toLowerCase()).toContain("connection: close");
  expect(inFlight.received).toBe("");
  release.announce();
  expect(await inFlight.closed).toContain('"ids":["kept"]');
  await within("the stop, long before its patience ends", stopped, 2_000);
  expect(await new RawSocket(port).write(send).closed).toBe("");
});

test("a stop ends long polls with what there is, and idle connections at once", async () => {
  const run = JSON.stringify({
    live: { circuit: null },
    wait: null,
    status: "queued",
    deployments: [],
    heartbeats: [],
    detours: [],
    event: { data: "1" },
    output: null,
    failure: null,
  });
  const server = await startServer({
    database: databaseOf((text) =>
      text.includes("json_build_object") ? [{ part: "run", no: 0, json: run }] : [{ id: 1 }],
    ),
  });
  const idle = new RawSocket(server.port).write("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await waitFor("its answer", () => statusesOf(idle.received).length === 1);
  const poll = new RawSocket(server.port).write(
    "GET /v1/apps/shop/dev/runs/00000000-0000-7000-8000-000000000000?wait=60 HTTP/1.1\r\nhost: localhost\r\n\r\n",
  );
  const second = new RawSocket(server.port).write(
    "GET /v1/apps/shop/dev/runs/x HTTP/1.1\r\nhost: localhost\r\n\r\n",
  );
  await waitFor("a later request", () => statusesOf(second.received).length === 1);
  await within("the stop, long before its patience ends", server.stop(), 2_000);
  expect(statusesOf(await poll.closed)).toEqual([200]);
  await idle.closed;
});
