// Apps on a request that stays open: what each line does, and what becomes of lines that are wrong.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LineCutter, parseSecret, replyKeyOf, signedLine, verifiedLine } from "@durable/protocol/wire";
import { afterEach, describe, expect, test } from "vitest";
import { systemPorts } from "../runtime/system-ports.ts";
import { AppClient } from "./app-client.ts";
import { createConnector } from "./connector.ts";
import type { DispatchResult } from "./dispatch-result.ts";
import { createEgressGuard } from "./egress-guard.ts";
import type { LineEnd, StreamTerms } from "./request-stream.ts";
import { signRequest } from "./signed-request.ts";

const secret = parseSecret(`whsec_${Buffer.alloc(32, 1).toString("base64")}`);
const newSecret = parseSecret(`whsec_${Buffer.alloc(32, 2).toString("base64")}`);
const stranger = replyKeyOf(parseSecret(`whsec_${Buffer.alloc(32, 3).toString("base64")}`));
const reply = replyKeyOf(secret);
const keys = [newSecret, secret];
const ports = systemPorts();
const HEAD = { "content-type": "application/x-ndjson" };
const ANSWER = '{"status":"done","fence":"f"}';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Talk {
  readonly id: string;
  readonly response: ServerResponse;
  /** Lines of the engine as they come; null when its side has ended. */
  heard(): Promise<string | null>;
  /** A line of the app. */
  say(json: string, number: number, key?: typeof reply): void;
}

/** What an app has at hand that reads lines and writes them. */
async function appThat(behave: (talk: Talk) => unknown) {
  const server = createServer((request, response) => {
    const id = String(request.headers["webhook-id"]);
    const heard = linesOf(request);
    const say = (json: string, number: number, key = reply) =>
      void response.write(signedLine([key], id, number, json));
    void heard().then(() => {
      response.writeHead(200, { ...HEAD, "webhook-id": id });
      return behave({ id, response, heard, say });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  let connections = 0;
  server.on("connection", () => {
    connections += 1;
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint: { origin, path: "/" }, connections: () => connections };
}

function linesOf(request: IncomingMessage): () => Promise<string | null> {
  const lines: (string | null)[] = [];
  let tell: (() => void) | null = null;
  const add = (line: string | null) => {
    lines.push(line);
    tell?.();
  };
  const cutter = new LineCutter(1_000_000);
  request.on("data", (piece: Buffer) => cutter.push(piece, (line) => add(Buffer.from(line).toString())));
  request.on("end", () => add(null));
  request.on("error", () => add(null));
  return async () => {
    while (lines.length === 0) {
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
    }
    return lines.shift()!;
  };
}

function clientOf() {
  const guard = createEgressGuard({ allowLoopback: true });
  const client = new AppClient({ ...ports, connect: createConnector({ guard, ...ports }) });
  closers.push(() => client.close());
  return client;
}

interface Taken {
  readonly lines: string[];
  readonly terms: StreamTerms;
  heldBack: number;
}

/** Takes what says `{"say":…}` with that as its reply; what else comes ends as it says itself. */
function taking(openMs = 5_000): Taken {
  const taken: Taken = {
    lines: [],
    heldBack: 0,
    terms: {
      signingKeys: keys,
      openMs,
      async take(json, _, isOpen): Promise<LineEnd> {
        const text = Buffer.from(json).toString();
        taken.lines.push(isOpen ? text : `late ${text}`);
        const { say, kind } = JSON.parse(text) as { say?: string; kind?: LineEnd["kind"] };
        await new Promise(setImmediate);
        if (say !== undefined) return { kind: "taken", reply: JSON.stringify({ said: say }) };
        return kind === undefined ? { kind: "answer" } : ({ kind, why: "as told" } as LineEnd);
      },
      heldBack() {
        taken.heldBack += 1;
      },
    },
  };
  return taken;
}

function call(client: AppClient, endpoint: { origin: string; path: string }, { terms }: Taken) {
  const request = signRequest(ports, keys, '{"type":"invoke"}', "", HEAD["content-type"]);
  const patience = { totalMs: 3_000, firstByteMs: 3_000, idleMs: 200 };
  return client.call(endpoint, request, [reply], patience, {}, terms);
}

async function resultOf(behave: (talk: Talk) => unknown, taken = taking()): Promise<DispatchResult> {
  const { endpoint } = await appThat(behave);
  return call(clientOf(), endpoint, taken);
}

test("lines are taken in order, each is answered before the next, and the last is the answer", async () => {
  const heard: unknown[] = [];
  const taken = taking();
  const app = await appThat(async ({ id, say, heard: next, response }) => {
    const listen = async (number: number) => {
      const line = Buffer.from((await next())!);
      // Whoever knows one of the secrets believes it.
      for (const key of keys) heard.push(Buffer.from(verifiedLine([key], id, number, line)!).toString());
    };
    say('{"say":"one"}', 1);
    await listen(2);
    say('{"say":"two"}', 2);
    await listen(3);
    say(ANSWER, 3);
    heard.push(await next());
    response.end();
  });
  const client = clientOf();
  const result = await call(client, app.endpoint, taken);
  expect(result).toMatchObject({ kind: "answer" });
  expect(Buffer.from((result as { body: Uint8Array }).body).toString()).toBe(ANSWER);
  expect(taken.lines).toEqual(['{"say":"one"}', '{"say":"two"}', ANSWER]);
  // The connection is good for the next one.
  await new Promise((resolve) => setTimeout(resolve, 50));
  await call(client, app.endpoint, taking());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(app.connections()).toBe(1);
  const replies = ['{"said":"one"}', '{"said":"one"}', '{"said":"two"}', '{"said":"two"}', null];
  expect(heard).toEqual([...replies, ...replies]);
});

describe("a line is not believed", () => {
  test.each([
    ["that is signed with another secret", (talk: Talk) => talk.say(ANSWER, 1, stranger)],
    ["that is signed as an engine signs", (talk: Talk) => talk.say(ANSWER, 1, secret as typeof reply)],
    ["with another number, such as one that is said again", (talk: Talk) => talk.say(ANSWER, 2)],
    ["of another request", ({ response }: Talk) => response.write(signedLine([reply], "other", 1, ANSWER))],
    ["without a signature", ({ response }: Talk) => response.write(`${ANSWER}\n`)],
    ["that is none", ({ response }: Talk) => response.write("\n")],
    ["with a signature alone", ({ response }: Talk) => response.write(`v1,${"A".repeat(43)}=\n`)],
  ])("%s", async (_, behave) => {
    const taken = taking();
    expect(await resultOf(behave, taken)).toMatchObject({ kind: "broken", reason: "bad-signature" });
    expect(taken.lines).toEqual([]);
  });

  test("nor an answer that is said to be of another request", async () => {
    const { endpoint } = await appThat(() => {});
    const taken = taking();
    const server = createServer((_, response) =>
      response.writeHead(200, { ...HEAD, "webhook-id": "x" }).flushHeaders(),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closers.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await call(clientOf(), { ...endpoint, origin }, taken)).toMatchObject({ reason: "wrong-id" });
  });
});

test("an answer that ends without its last line is none, and neither is a connection that breaks", async () => {
  expect(await resultOf(({ response }) => response.end())).toMatchObject({ kind: "broken", reason: "reset" });
  const half = ({ say, response }: Talk) => {
    say('{"say":"x"}', 1);
    response.end();
  };
  expect(await resultOf(half)).toMatchObject({ kind: "broken", reason: "reset" });
  expect(await resultOf(({ response }) => response.destroy())).toMatchObject({
    kind: "broken",
    reason: "reset",
  });
});

test("an answer that comes with the end of its reply in one piece is one", async () => {
  expect(
    await resultOf(({ id, response }) => response.end(signedLine([reply], id, 1, ANSWER))),
  ).toMatchObject({
    kind: "answer",
  });
});

test("lines that come together are taken one after the other", async () => {
  const taken = taking();
  await resultOf(({ id, response }) => {
    const lines = ['{"say":"one"}', '{"say":"two"}', ANSWER].map((json, i) =>
      signedLine([reply], id, i + 1, json),
    );
    response.write(lines.join(""));
  }, taken);
  expect(taken.lines).toEqual(['{"say":"one"}', '{"say":"two"}', ANSWER]);
});

test("what is not taken ends the request; what else is told comes too late, and the answer counts", async () => {
  const taken = taking();
  const result = await resultOf(async ({ say, heard }) => {
    say('{"kind":"closed"}', 1);
    expect(await heard()).toBe(null);
    say('{"kind":"closed"}', 2);
    say(ANSWER, 3);
  }, taken);
  expect(result).toMatchObject({ kind: "answer" });
  expect(taken.lines).toEqual(['{"kind":"closed"}', 'late {"kind":"closed"}', `late ${ANSWER}`]);
});

test("who lets go of the run waits for nothing more; who must not let the code run on cuts the connection", async () => {
  const app = await appThat(async ({ say, heard, response }) => {
    say('{"kind":"released"}', 1);
    expect(await heard()).toBe(null);
    say(ANSWER, 2);
    response.end();
  });
  const client = clientOf();
  expect(await call(client, app.endpoint, taking())).toMatchObject({ kind: "broken", reason: "hung-up" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await call(client, app.endpoint, taking());
  expect(app.connections()).toBe(1);
  let isCut: Promise<void> | undefined;
  const result = await resultOf(({ say, response }) => {
    isCut = new Promise((resolve) => response.once("close", resolve));
    say('{"kind":"over"}', 1);
  });
  expect(result).toMatchObject({ kind: "broken", reason: "hung-up", detail: "as told" });
  await isCut;
});

test("nothing is heard for a second: the body ends, and the answer may take its time", async () => {
  const taken = taking();
  const result = await resultOf(async ({ say, heard }) => {
    expect(await heard()).toBe(null);
    await new Promise((resolve) => setTimeout(resolve, 300));
    say(ANSWER, 1);
  }, taken);
  expect(result).toMatchObject({ kind: "answer" });
  expect(taken.heldBack).toBe(1);
});

test("a word that it is there is enough; the body ends when its time is over", async () => {
  const taken = taking(1_300);
  const result = await resultOf(async ({ say, heard }) => {
    say('{"kind":"alive"}', 1);
    expect(await heard()).toBe(null);
    say(ANSWER, 2);
  }, taken);
  expect(result).toMatchObject({ kind: "answer" });
  expect(taken.heldBack).toBe(0);
});

test("an app that leaves its reply open after the answer keeps the connection for two seconds", async () => {
  let closed: Promise<void> | undefined;
  const result = await resultOf(({ say, response }) => {
    closed = new Promise((resolve) => response.once("close", resolve));
    say(ANSWER, 1);
  });
  expect(result).toMatchObject({ kind: "answer" });
  await closed;
});

test("a line without end is given up", async () => {
  const result = await resultOf(async ({ response }) => {
    const piece = Buffer.alloc(1_000_000, "x");
    while (!response.destroyed) {
      response.write(piece);
      await new Promise(setImmediate);
    }
  });
  expect(result).toMatchObject({ kind: "broken", reason: "too-large" });
});

test("who answers as if the request had been whole, or refuses it, is understood", async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(401, { "content-type": "application/problem+json" });
    response.end('{"type":"x","title":"No","status":401,"detail":"Not you."}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const result = await call(clientOf(), { origin, path: "/" }, taking());
  expect(result).toMatchObject({ kind: "refused", status: 401 });
});
