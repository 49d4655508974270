// Apps that do everything wrong, on raw sockets: each way a reply can be broken has to end as the right piece of
// data, soon, and with the connection given back or closed. The app's side is written out byte by byte, because no
// well-behaved server library would send these.
import { createServer, type Server, type Socket } from "node:net";
import { parseSecret, replyKeyOf, type SigningKey, sign } from "@durable/protocol/wire";
import { afterEach, describe, expect, test } from "vitest";
import { systemPorts } from "../runtime/system-ports.ts";
import { AppClient } from "./app-client.ts";
import { checkUrl, type Endpoint } from "./check-url.ts";
import { createConnector, type Resolve } from "./connector.ts";
import type { DispatchResult } from "./dispatch-result.ts";
import { createEgressGuard } from "./egress-guard.ts";
import type { Patience } from "./exchange.ts";
import { signRequest } from "./signed-request.ts";

const secret = parseSecret(`whsec_${Buffer.alloc(32, 1).toString("base64")}`);
const oldSecret = parseSecret(`whsec_${Buffer.alloc(32, 2).toString("base64")}`);
const strangerSecret = parseSecret(`whsec_${Buffer.alloc(32, 3).toString("base64")}`);
const replyKeys = [secret, oldSecret].map(replyKeyOf);
const guard = createEgressGuard({ allowLoopback: true });
const ports = systemPorts();
const TRACEPARENT = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

interface Asked {
  id: string;
  timestampS: number;
  body: string;
  head: string;
  count: number;
}
type Behaviour = (asked: Asked, socket: Socket) => void;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function appThat(
  behave: Behaviour,
): Promise<{ endpoint: Endpoint; connections: Set<Socket>; opened: () => number }> {
  const connections = new Set<Socket>();
  let opened = 0;
  const server: Server = createServer((socket) => {
    opened++;
    connections.add(socket);
    socket.on("error", () => {}).on("close", () => connections.delete(socket));
    let text = "";
    let count = 0;
    socket.on("data", (piece) => {
      text += piece.toString("latin1");
      const head = text.slice(0, text.indexOf("\r\n\r\n") + 4);
      const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? Number.NaN);
      if (!(text.length >= head.length + length)) return;
      const header = (name: string) => new RegExp(`\r\n${name}: (.*)\r\n`).exec(head)?.[1] ?? "";
      const body = text.slice(head.length, head.length + length);
      text = "";
      behave(
        {
          id: header("webhook-id"),
          timestampS: Number(header("webhook-timestamp")),
          body,
          head,
          count: count++,
        },
        socket,
      );
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  closers.push(() => {
    for (const socket of connections) socket.destroy();
    return new Promise((closed) => server.close(closed));
  });
  const check = checkUrl(
    guard,
    `http://127.0.0.1:${(server.address() as { port: number }).port}/api/durable?v=1`,
  );
  if (!check.ok) throw new Error(check.detail);
  return { endpoint: check.endpoint, connections, opened: () => opened };
}

function newClient(
  options: { resolve?: Resolve; maxConnectionsPerOrigin?: number; connectTimeoutMs?: number } = {},
): AppClient {
  const { maxConnectionsPerOrigin = 8, ...rest } = options;
  const client = new AppClient({
    ...ports,
    connect: createConnector({ guard, ...ports, ...rest }),
    maxConnectionsPerOrigin,
  });
  closers.push(() => client.close());
  return client;
}

const SHORT: Patience = { totalMs: 2_000, firstByteMs: 1_500, idleMs: 1_000 };

function call(client: AppClient, endpoint: Endpoint, patience: Patience = SHORT): Promise<DispatchResult> {
  return client.call(
    endpoint,
    signRequest(ports, [secret, oldSecret], '{"type":"invoke"}', TRACEPARENT),
    replyKeys,
    patience,
  );
}

async function resultOf(behave: Behaviour, patience?: Patience): Promise<DispatchResult> {
  const app = await appThat(behave);
  return call(newClient(), app.endpoint, patience);
}

const nowS = () => Math.floor(ports.clock.epochMs() / 1000);

function signedHead(
  asked: Asked,
  body: string,
  key: SigningKey = replyKeyOf(secret),
  timestampS = nowS(),
  id = asked.id,
): string {
  return `content-type: application/json\r\nwebhook-id: ${id}\r\nwebhook-timestamp: ${timestampS}\r\nwebhook-signature: ${sign(key, id, timestampS, body)}\r\n`;
}

const ANSWER = '{"status":"done","fence":"f"}';
const ok = (headers: string, body: string, length: number | string = body.length) =>
  `HTTP/1.1 200 OK\r\n${headers}content-length: ${length}\r\n\r\n${body}`;
const good: Behaviour = (asked, socket) => void socket.write(ok(signedHead(asked, ANSWER), ANSWER));

describe("a good app", () => {
  test("gets one signed request and is believed", async () => {
    let seen: Asked | undefined;
    const result = await resultOf((asked, socket) => {
      seen = asked;
      good(asked, socket);
    });
    expect(result).toMatchObject({ kind: "answer" });
    if (result.kind !== "answer") return;
    expect(Buffer.from(result.body).toString()).toBe(ANSWER);
    expect(result.sentMs).toBeLessThanOrEqual(result.firstByteMs);
    expect(result.firstByteMs).toBeLessThanOrEqual(result.receivedMs);
    expect(seen!.head).toMatch(/^POST \/api\/durable\?v=1 HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/);
    for (const line of [
      "content-type: application/json",
      "accept-encoding: identity",
      "durable-protocol: 1",
      `traceparent: ${TRACEPARENT}`,
    ]) {
      expect(seen!.head).toContain(`\r\n${line}\r\n`);
    }
    expect(seen!.id).toMatch(/^dsp_[0-9a-f-]{36}$/);
    expect(Math.abs(seen!.timestampS - nowS())).toBeLessThanOrEqual(2);
    const both = [secret, oldSecret]
      .map((key) => sign(key, seen!.id, seen!.timestampS, seen!.body))
      .join(" ");
    expect(seen!.head).toContain(`\r\nwebhook-signature: ${both}\r\n`);
  });

  test("may sign with the old secret while they rotate", async () => {
    const result = await resultOf(
      (asked, socket) => void socket.write(ok(signedHead(asked, ANSWER, replyKeyOf(oldSecret)), ANSWER)),
    );
    expect(result).toMatchObject({ kind: "answer" });
  });

  test("may send early hints first, and its answer in many pieces", async () => {
    const result = await resultOf((asked, socket) => {
      socket.setNoDelay(true);
      socket.write("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n");
      const body = `{"status":"done","fence":"f","output":"${"é".repeat(2_000)}"}`;
      const chunks = Buffer.from(body);
      const timestampS = nowS();
      socket.write(
        `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nWebhook-Id: ${asked.id}\r\nWEBHOOK-TIMESTAMP: ${timestampS}\r\nWebhook-Signature: ${sign(replyKeyOf(secret), asked.id, timestampS, body)}\r\n\r\n`,
      );
      for (let at = 0; at < chunks.length; at += 701) {
        const piece = chunks.subarray(at, at + 701);
        socket.write(`${piece.length.toString(16)}\r\n`);
        socket.write(piece);
        socket.write("\r\n");
      }
      socket.write("0\r\n\r\n");
    });
    expect(result).toMatchObject({ kind: "answer" });
    if (result.kind === "answer") expect(result.body.length).toBeGreaterThan(4_000);
  });

  test("keeps its connection, and one connection is enough for calls in a row", async () => {
    const app = await appThat(good);
    const client = newClient();
    for (let n = 0; n < 20; n++) expect(await call(client, app.endpoint)).toMatchObject({ kind: "answer" });
    expect(app.opened()).toBe(1);
    expect(client.inFlight).toBe(0);
  });

  test("is called on a bounded number of connections, and what waits for one is served in its turn", async () => {
    const app = await appThat(good);
    const client = newClient({ maxConnectionsPerOrigin: 3 });
    const results = await Promise.all(Array.from({ length: 50 }, () => call(client, app.endpoint)));
    expect(results.every(({ kind }) => kind === "answer")).toBe(true);
    expect(app.opened()).toBe(3);
  });
});

describe("an answer that is not signed as it must be", () => {
  const cases: Record<string, [reason: string, Behaviour]> = {
    "without a signature": [
      "unsigned",
      (_, socket) => void socket.write(ok("content-type: application/json\r\n", ANSWER)),
    ],
    "an HTML page": [
      "unsigned",
      (_, socket) => void socket.write(ok("content-type: text/html\r\n", "<html>Welcome to nginx!</html>")),
    ],
    "an empty 200": ["unsigned", (_, socket) => void socket.write(ok("", ""))],
    "without a timestamp": [
      "unsigned",
      (asked, socket) =>
        void socket.write(ok(signedHead(asked, ANSWER).replace(/webhook-timestamp.*\r\n/, ""), ANSWER)),
    ],
    "signed with a stranger's secret": [
      "bad-signature",
      (asked, socket) => void socket.write(ok(signedHead(asked, ANSWER, replyKeyOf(strangerSecret)), ANSWER)),
    ],
    "signed with the request key, as a mirror would": [
      "bad-signature",
      (asked, socket) => void socket.write(ok(signedHead(asked, ANSWER, secret), ANSWER)),
    ],
    "the request itself sent back with its own headers": [
      "bad-signature",
      (asked, socket) => {
        const headers = asked.head
          .split("\r\n")
          .filter((line) => line.startsWith("webhook-"))
          .join("\r\n");
        socket.write(ok(`${headers}\r\n`, asked.body));
      },
    ],
    "signed, then changed": [
      "bad-signature",
      (asked, socket) => void socket.write(ok(signedHead(asked, ANSWER), ANSWER.replace("done", "DONE"))),
    ],
    "two signature headers, the first one right": [
      "bad-signature",
      (asked, socket) =>
        void socket.write(ok(`${signedHead(asked, ANSWER)}webhook-signature: v1,AAAA\r\n`, ANSWER)),
    ],
    "two ids": [
      "bad-signature",
      (asked, socket) => void socket.write(ok(`${signedHead(asked, ANSWER)}webhook-id: other\r\n`, ANSWER)),
    ],
    "a timestamp that is no number": [
      "bad-signature",
      (asked, socket) =>
        void socket.write(
          ok(signedHead(asked, ANSWER).replace(/(webhook-timestamp: ).*\r\n/, "$11e9\r\n"), ANSWER),
        ),
    ],
    "a signature that is rubbish": [
      "bad-signature",
      (asked, socket) =>
        void socket.write(
          ok(
            signedHead(asked, ANSWER).replace(/(webhook-signature: ).*\r\n/, "$1v1,%%% v1 ,, v9,x\r\n"),
            ANSWER,
          ),
        ),
    ],
    "the answer to another request": [
      "wrong-id",
      (asked, socket) =>
        void socket.write(ok(signedHead(asked, ANSWER, undefined, undefined, "dsp_other"), ANSWER)),
    ],
    "signed 301 s ago": [
      "stale-timestamp",
      (asked, socket) => void socket.write(ok(signedHead(asked, ANSWER, undefined, nowS() - 302), ANSWER)),
    ],
    "signed for the future": [
      "stale-timestamp",
      (asked, socket) => void socket.write(ok(signedHead(asked, ANSWER, undefined, nowS() + 302), ANSWER)),
    ],
  };
  test.each(Object.entries(cases))("%s", async (_, [reason, behave]) => {
    expect(await resultOf(behave)).toMatchObject({ kind: "broken", reason, status: 200 });
  });
});

describe("a reply that breaks the rules of the line", () => {
  const cases: Record<string, [reason: string, Behaviour]> = {
    "half an answer, then the end": [
      "reset",
      (asked, socket) => void socket.end(ok(signedHead(asked, ANSWER), ANSWER.slice(0, 10), ANSWER.length)),
    ],
    "half an answer in chunks, then the end": [
      "reset",
      (asked, socket) =>
        void socket.end(
          `HTTP/1.1 200 OK\r\n${signedHead(asked, ANSWER)}transfer-encoding: chunked\r\n\r\n5\r\n{"sta\r\n`,
        ),
    ],
    "a connection closed without a word": ["reset", (_, socket) => void socket.end()],
    "a connection reset": ["reset", (_, socket) => void socket.resetAndDestroy()],
    "half the headers, then the end": [
      "reset",
      (_, socket) => void socket.end("HTTP/1.1 200 OK\r\ncontent-ty"),
    ],
    "a length that is too short": [
      "bad-signature",
      (asked, socket) => void socket.write(ok(signedHead(asked, ANSWER), ANSWER, ANSWER.length - 5)),
    ],
    "two lengths": [
      "reset",
      (asked, socket) => void socket.write(ok(`${signedHead(asked, ANSWER)}content-length: 5\r\n`, ANSWER)),
    ],
    "a length and chunks": [
      "malformed-http",
      (asked, socket) =>
        void socket.write(ok(`${signedHead(asked, ANSWER)}transfer-encoding: chunked\r\n`, ANSWER)),
    ],
    "not HTTP": ["malformed-http", (_, socket) => void socket.write("SSH-2.0-OpenSSH_9.6\r\n")],
    "endless headers": [
      "malformed-http",
      (_, socket) => void socket.write(`HTTP/1.1 200 OK\r\n${"x-filler: yes indeed\r\n".repeat(2_000)}\r\n`),
    ],
    "an upgrade nobody asked for": [
      "reset",
      (_, socket) =>
        void socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        ),
    ],
    gzip: [
      "encoded",
      (asked, socket) =>
        void socket.write(ok(`${signedHead(asked, ANSWER)}content-encoding: gzip\r\n`, ANSWER)),
    ],
    "encodings in a row": [
      "encoded",
      (asked, socket) =>
        void socket.write(
          ok(`${signedHead(asked, ANSWER)}content-encoding: ${"gzip, ".repeat(100)}br\r\n`, ANSWER),
        ),
    ],
    "10 MiB announced": [
      "too-large",
      (asked, socket) => void socket.write(ok(signedHead(asked, ANSWER), ANSWER, 10 * 1024 * 1024)),
    ],
    "10 MiB in chunks": [
      "too-large",
      (asked, socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${signedHead(asked, ANSWER)}transfer-encoding: chunked\r\n\r\n`);
        const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
        for (let n = 0; n < 160; n++) socket.write(chunk);
      },
    ],
    "10 MiB until the connection closes": [
      "too-large",
      (asked, socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${signedHead(asked, ANSWER)}\r\n`);
        socket.end("x".repeat(10 * 1024 * 1024));
      },
    ],
  };
  test.each(Object.entries(cases))("%s", async (_, [reason, behave]) => {
    const app = await appThat(behave);
    const result = await call(newClient(), app.endpoint);
    expect(result).toMatchObject({ kind: "broken", reason });
    expect((result as { detail: string }).detail.length).toBeGreaterThan(20);
  });

  test.each([301, 302, 303, 307, 308])("a redirect (%i) is not followed", async (status) => {
    const target = await appThat(good);
    const result = await resultOf((_, socket) => {
      socket.write(
        `HTTP/1.1 ${status} Moved\r\nlocation: ${target.endpoint.url}\r\ncontent-length: 0\r\n\r\n`,
      );
    });
    expect(result).toMatchObject({ kind: "broken", reason: "redirect", status });
    expect(target.opened()).toBe(0);
  });
});

describe("an app that takes its time", () => {
  const brief: Patience = { totalMs: 400, firstByteMs: 150, idleMs: 150 };
  const cases: Record<string, [detail: RegExp, Behaviour]> = {
    "never answers": [/did not begin/, () => {}],
    "sends headers only": [
      /fell silent/,
      (asked, socket) => void socket.write(ok(signedHead(asked, ANSWER), "", 29)),
    ],
    "sends half a line of headers": [/did not begin/, (_, socket) => void socket.write("HTTP/1.1 200 O")],
    "drips, a byte at a time": [
      /did not finish/,
      (asked, socket) => {
        socket.write(ok(signedHead(asked, ANSWER), "", ANSWER.length));
        let at = 0;
        const drip = setInterval(() => socket.write(ANSWER[at++] ?? ""), 40);
        socket.on("close", () => clearInterval(drip));
      },
    ],
    "sends early hints for ever": [
      /did not begin/,
      (_, socket) => {
        const hints = setInterval(() => socket.write("HTTP/1.1 103 Early Hints\r\n\r\n"), 40);
        socket.on("close", () => clearInterval(hints));
      },
    ],
  };
  test.each(Object.entries(cases))("%s", async (_, [detail, behave]) => {
    const app = await appThat(behave);
    const started = performance.now();
    const result = await call(newClient(), app.endpoint, brief);
    expect(result).toMatchObject({
      kind: "broken",
      reason: "timeout",
      detail: expect.stringMatching(detail),
    });
    expect(performance.now() - started).toBeLessThan(1_500);
    await expect.poll(() => app.connections.size, { message: "the connection is closed" }).toBe(0);
  });

  test("a request that waits for a connection past its deadline is never written", async () => {
    const bodies: string[] = [];
    let release = () => {};
    const app = await appThat((asked, socket) => {
      bodies.push(asked.id);
      release = () => good(asked, socket);
    });
    const client = newClient({ maxConnectionsPerOrigin: 1 });
    const first = call(client, app.endpoint);
    const second = await call(client, app.endpoint, { ...SHORT, totalMs: 100 });
    expect(second).toMatchObject({ kind: "never-arrived", reason: "connect-timeout" });
    release();
    expect(await first).toMatchObject({ kind: "answer" });
    const third = call(client, app.endpoint);
    await expect.poll(() => bodies.length).toBe(2);
    release();
    expect(await third).toMatchObject({ kind: "answer" });
    expect(bodies).toHaveLength(2);
  });
});

test("a request given up while its connection is being made is never written, and the connection serves the next", async () => {
  const bodies: string[] = [];
  const app = await appThat((asked, socket) => {
    bodies.push(asked.id);
    good(asked, socket);
  });
  let found = (_: readonly string[]) => {};
  const client = newClient({
    maxConnectionsPerOrigin: 1,
    resolve: () =>
      new Promise((resolved) => {
        found = resolved;
      }),
  });
  const endpoint = { ...app.endpoint, origin: app.endpoint.origin.replace("127.0.0.1", "app.localhost") };
  const result = await call(client, endpoint, { ...SHORT, totalMs: 60 });
  expect(result).toMatchObject({ kind: "never-arrived", reason: "connect-timeout" });
  const next = call(client, endpoint);
  found(["127.0.0.1"]);
  expect(await next).toMatchObject({ kind: "answer" });
  expect(bodies).toHaveLength(1);
  expect(app.opened()).toBe(1);
});

describe("a refusal", () => {
  const refusal =
    (status: number, headers: string, body: string): Behaviour =>
    (_, socket) => {
      socket.write(
        `HTTP/1.1 ${status} No\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    };
  const PROBLEM = "content-type: application/problem+json; charset=utf-8\r\n";

  test("says why, on one printable line", async () => {
    const body = JSON.stringify({
      type: "urn:durable:problem:bad-signature",
      title: "The signature\u0007 is wrong",
      detail: "line one\nline two \u202e",
      stack: "secret",
    });
    const result = await resultOf(refusal(401, PROBLEM, body));
    expect(result).toMatchObject({
      kind: "refused",
      status: 401,
      problem: {
        type: "urn:durable:problem:bad-signature",
        title: "The signature\\u{7} is wrong",
        detail: "line one line two \\u{202e}",
      },
      retryAfterMs: null,
    });
    expect(JSON.stringify(result)).not.toContain("secret");
  });

  test.each([400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429])(
    "%i without a problem is one too",
    async (status) => {
      expect(await resultOf(refusal(status, "", "nope"))).toMatchObject({
        kind: "refused",
        status,
        problem: null,
      });
    },
  );

  test.each([
    ["retry-after: 7\r\n", 7_000],
    ["retry-after: 999999999\r\n", 86_400_000],
    ["retry-after: Thu, 01 Jan 1970 00:00:00 GMT\r\n", 0],
    ["retry-after: soon\r\n", null],
    ["retry-after: 1\r\nretry-after: 2\r\n", null],
    ["", null],
  ])("429 with %j asks for a pause of %s ms", async (headers, retryAfterMs) => {
    expect(await resultOf(refusal(429, headers, ""))).toMatchObject({
      kind: "refused",
      status: 429,
      retryAfterMs,
    });
  });

  test("503 is a refusal only if somebody meant it: a bare one may come from a proxy whose app died", async () => {
    expect(await resultOf(refusal(503, "retry-after: 2\r\n", ""))).toMatchObject({
      kind: "refused",
      retryAfterMs: 2_000,
    });
    expect(await resultOf(refusal(503, PROBLEM, '{"title":"Draining"}'))).toMatchObject({ kind: "refused" });
    expect(await resultOf(refusal(503, "", "upstream connect error"))).toMatchObject({
      kind: "broken",
      reason: "bad-status",
    });
  });

  test.each([201, 202, 204, 206, 500, 501, 502, 504, 599, 999])(
    "%i tells nothing about the app's code",
    async (status) => {
      expect(await resultOf(refusal(status, "", ""))).toMatchObject({
        kind: "broken",
        reason: "bad-status",
        status,
      });
    },
  );

  test("a problem that is no JSON, too deep, or of wrong types is only an error page", async () => {
    expect(await resultOf(refusal(400, PROBLEM, "{"))).toMatchObject({ kind: "refused", problem: null });
    expect(await resultOf(refusal(400, PROBLEM, "[".repeat(30_000)))).toMatchObject({
      kind: "refused",
      problem: null,
    });
    expect(await resultOf(refusal(400, PROBLEM, '{"title":7,"detail":{}}'))).toMatchObject({
      problem: { type: "about:blank", detail: "" },
    });
  });

  test("an endless error page is not read to its end", async () => {
    const result = await resultOf((_, socket) => {
      socket.write(`HTTP/1.1 500 Oops\r\n\r\n`);
      const more = () => socket.writable && socket.write("x".repeat(65_536), more);
      more();
    });
    expect(result).toMatchObject({ kind: "broken", reason: "bad-status", status: 500 });
  });
});

describe("a request that surely never arrived", () => {
  test("nobody listens", async () => {
    const { endpoint } = await appThat(good);
    await closers.pop()!();
    expect(await call(newClient(), endpoint)).toMatchObject({
      kind: "never-arrived",
      reason: "refused",
      detail: expect.stringMatching(/Is the app running\?/),
    });
  });

  test("many of them, more than there are connections, and a later call after the app came back", async () => {
    const { endpoint } = await appThat(good);
    await closers.pop()!();
    const client = newClient({ maxConnectionsPerOrigin: 2 });
    const results = await Promise.all(Array.from({ length: 20 }, () => call(client, endpoint)));
    expect(results.every((result) => result.kind === "never-arrived" && result.reason === "refused")).toBe(
      true,
    );
    const server = createServer((socket) => socket.on("data", () => socket.end("HTTP/1.1 404 x\r\n\r\n")));
    await new Promise<void>((listening) => server.listen(endpoint.port, "127.0.0.1", listening));
    closers.push(() => new Promise((closed) => server.close(closed)));
    expect(await call(client, endpoint)).toMatchObject({ kind: "refused", status: 404 });
  });

  test("the name does not exist, has only unsafe addresses, or DNS is silent", async () => {
    const endpoint = {
      url: "",
      origin: "http://app.localhost:9",
      path: "/",
      hostname: "app.localhost",
      port: 9,
    };
    const gone = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    const reasonWith = async (resolve: Resolve) => {
      const result = await call(newClient({ resolve, connectTimeoutMs: 100 }), endpoint);
      return result.kind === "never-arrived" ? result.reason : result;
    };
    expect(await reasonWith(() => Promise.reject(gone))).toBe("dns");
    expect(await reasonWith(async () => [])).toBe("dns");
    expect(await reasonWith(() => new Promise(() => {}))).toBe("dns");
    expect(await reasonWith(async () => ["169.254.169.254"])).toBe("unsafe-address");
    expect(await reasonWith(async () => ["127.0.0.1", "10.0.0.1"])).toBe("unsafe-address");
  });

  test("TLS to a server that speaks none", async () => {
    const plain = await appThat(good);
    const origin = plain.endpoint.origin.replace("http:", "https:");
    const server = createServer((socket) =>
      socket
        .resume()
        .on("error", () => {})
        .end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    );
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    closers.push(() => new Promise((closed) => server.close(closed)));
    const port = (server.address() as { port: number }).port;
    const result = await call(newClient(), {
      ...plain.endpoint,
      origin: origin.replace(/\d+$/, String(port)),
    });
    expect(result).toMatchObject({ kind: "never-arrived", reason: "tls" });
  });

  test("the engine is shutting down", async () => {
    const app = await appThat(good);
    const client = newClient();
    await client.close();
    expect(await call(client, app.endpoint)).toMatchObject({ kind: "never-arrived", reason: "shutdown" });
  });
});

describe("a connection used again", () => {
  test("is left after a thousand requests, so that an app that moved is found", async () => {
    const app = await appThat(good);
    const client = newClient();
    for (let n = 0; n < 1_010; n++) expect((await call(client, app.endpoint)).kind).toBe("answer");
    expect(app.opened()).toBe(2);
  });

  test("that the app closes after each answer is opened anew", async () => {
    const app = await appThat(
      (asked, socket) => void socket.end(ok(`${signedHead(asked, ANSWER)}connection: close\r\n`, ANSWER)),
    );
    const client = newClient();
    for (let n = 0; n < 5; n++) expect(await call(client, app.endpoint)).toMatchObject({ kind: "answer" });
    expect(app.opened()).toBe(5);
  });

  test("and reset before any byte of the second answer is ambiguous", async () => {
    const app = await appThat((asked, socket) => {
      if (asked.count === 0) good(asked, socket);
      else socket.resetAndDestroy();
    });
    const client = newClient();
    expect(await call(client, app.endpoint)).toMatchObject({ kind: "answer" });
    expect(await call(client, app.endpoint)).toMatchObject({
      kind: "broken",
      reason: "reset",
      firstByteMs: null,
    });
  });

  test("with a second, forged answer waiting on it is not believed", async () => {
    const app = await appThat((asked, socket) => {
      const reply = ok(signedHead(asked, ANSWER), ANSWER);
      socket.write(reply + reply.replace(asked.id, "dsp_smuggled"));
    });
    const client = newClient();
    expect(await call(client, app.endpoint)).toMatchObject({ kind: "answer" });
    const second = await call(client, app.endpoint);
    expect(second.kind === "answer" || (second.kind === "broken" && second.reason !== "timeout")).toBe(true);
    if (second.kind === "answer") expect(app.opened()).toBe(2);
  });
});

test("an answer that is too large says its size, where it is announced", async () => {
  const announced = await resultOf(
    (asked, socket) => void socket.write(ok(signedHead(asked, ANSWER), ANSWER, 10 * 1024 * 1024)),
  );
  expect(announced).toMatchObject({
    detail: expect.stringMatching(
      /^Its answer has 10485760 bytes, more than the 6291456 bytes that are possible\. Return/,
    ),
  });
});
