// The way from an app to the engine, over a real socket: what is sent, what is tried again, and what is said when it fails.
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  DEV_SECRET,
  HEADER_ID,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  parseSecret,
  replyKeyOf,
  verify,
} from "@durable/protocol/wire";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { call, Durable } from "./client.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const ACCEPTED = { ids: ["e-1"], runs: [{ event: "e-1", function: "f", run: "r-1" }] };

interface Got {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}
type Reply = (response: ServerResponse) => void;

let server: Server;
let url: string;
let got: Got[];
let replies: Reply[];

const accept: Reply = (response) => answer(response, 200, ACCEPTED);

function answer(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

beforeEach(async () => {
  got = [];
  replies = [];
  server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    got.push({ url: request.url!, headers: request.headers, text });
    (replies.shift() ?? accept)(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const events = (at = 0) => JSON.parse(got[at]!.text) as { id: string; name: string; data?: unknown }[];

function isSignedWith(secret: string, { headers, text }: Got): boolean {
  const [id, timestamp, signature] = [HEADER_ID, HEADER_TIMESTAMP, HEADER_SIGNATURE].map((name) =>
    String(headers[name]),
  ) as [string, string, string];
  return verify([replyKeyOf(parseSecret(secret))], id, Number(timestamp), text, signature);
}

describe("send", () => {
  test("resolves to what the engine stored: one event or many, each with an id of its own", async () => {
    const durable = new Durable({ app: "shop", env: "live", url: `${url}/`, secret: SECRET });
    expect(await durable.send({ name: "a", data: { at: new Date(0), none: undefined } })).toEqual(ACCEPTED);
    await durable.send([{ name: "a", id: "mine" }, { name: "b" }]);
    expect(got.map((one) => one.url)).toEqual(Array(2).fill("/v1/events?app=shop&env=live"));
    expect(events(0)).toEqual([
      { id: expect.stringMatching(/^[0-9a-f-]{36}$/), name: "a", data: { at: "1970-01-01T00:00:00.000Z" } },
    ]);
    expect(events(1)[0]!.id).toBe("mine");
    expect(events(1)[1]!.id).not.toBe(events(0)[0]!.id);
  });

  test("takes what the options do not say from the environment", async () => {
    vi.stubEnv("DURABLE_URL", url);
    vi.stubEnv("DURABLE_APP", "shop");
    vi.stubEnv("DURABLE_ENV", "staging");
    vi.stubEnv("DURABLE_SECRET", SECRET);
    await new Durable().send({ name: "a" });
    expect(got[0]!.url).toBe("/v1/events?app=shop&env=staging");
    expect(isSignedWith(SECRET, got[0]!)).toBe(true);
  });

  test("signs every request, in dev mode with the well-known secret; an event key is used instead", async () => {
    await new Durable({ app: "shop", url, secret: SECRET }).send({ name: "a" });
    vi.stubEnv("DURABLE_URL", url);
    await new Durable({ app: "shop" }).send({ name: "a" });
    await new Durable({ app: "shop", eventKey: "dk_1" }).send({ name: "a" });
    expect(isSignedWith(SECRET, got[0]!)).toBe(true);
    expect(isSignedWith(DEV_SECRET, got[1]!)).toBe(true);
    expect(got[2]!.headers.authorization).toBe("Bearer dk_1");
    expect(got[2]!.headers[HEADER_SIGNATURE]).toBeUndefined();
  });

  test.each([
    ["without a name", {}, /An event needs a name/],
    ["with a name of the engine's", { name: "durable.x" }, /durable\./],
    ["at no instant", { name: "a", time: "soon" }, /neither a valid Date nor an RFC 3339 instant/],
    ["with data that JSON cannot hold", { name: "a", data: { n: 1n } }, /event "a" carries/],
  ])("an event %s is refused before anything is sent", async (_, event, sentence) => {
    const durable = new Durable({ app: "shop", url, secret: SECRET });
    await expect(durable.send([{ name: "fine" }, event as { name: string }])).rejects.toThrow(sentence);
    expect(got).toEqual([]);
  });
});

describe("what fails", () => {
  const durable = () => new Durable({ app: "shop", url, secret: SECRET });

  test("a broken line and a 503 are tried again with the same ids", async () => {
    replies = [
      (response) => response.socket!.destroy(),
      (response) => answer(response, 503, { title: "Not now" }, { "retry-after": "0" }),
    ];
    expect(await durable().send({ name: "a" })).toEqual(ACCEPTED);
    expect(got.length).toBe(3);
    expect(new Set(got.map(({ text }) => text)).size).toBe(1);
    expect(got.every((one) => isSignedWith(SECRET, one))).toBe(true);
  });

  test("the engine's patience is respected", async () => {
    replies = [(response) => answer(response, 429, { title: "Slowly" }, { "retry-after": "1" })];
    const begunMs = performance.now();
    await durable().send({ name: "a" });
    expect(performance.now() - begunMs).toBeGreaterThan(990);
  });

  test("a no is final, and says why", async () => {
    const problem = { title: "Conflict", detail: 'Event "a" is another.', code: "idempotency-conflict" };
    replies = [(response) => answer(response, 409, problem)];
    await expect(durable().send({ name: "a" })).rejects.toMatchObject({
      name: "DurableRequestError",
      message: 'The engine answered 409. Conflict: Event "a" is another.',
      status: 409,
      code: "idempotency-conflict",
    });
    expect(got.length).toBe(1);
  });

  test("a no that is not the engine's is told too", async () => {
    replies = [(response) => response.writeHead(502).end("<html>Bad gateway</html>")];
    await expect(durable().send({ name: "a" })).rejects.toMatchObject({ status: 502, code: undefined });
  });

  test("what was signed is sent nowhere else", async () => {
    replies = [(response) => response.writeHead(307, { location: "http://127.0.0.1:1/" }).end()];
    await expect(durable().send({ name: "a" })).rejects.toThrow(
      `The engine answered 307. ${url} leads to http://127.0.0.1:1/; name the engine's own address (DURABLE_URL).`,
    );
    expect(got.length).toBe(1);
  });

  test("where nobody listens, it says where, why and what to do", async () => {
    server.close();
    await expect(durable().send({ name: "a" })).rejects.toThrow(
      `The engine does not answer at ${url} (ECONNREFUSED). Is it running? In development: npx @durable/engine dev`,
    );
  });
});

describe("what is asked of nobody", () => {
  test.each(["shop", "/price", undefined, 5])("call(%j) does not guess an app", async (target) => {
    expect(() => call(target as never, 1, { url })).toThrow(
      /call takes the names of an app and of its function/,
    );
    expect(got).toEqual([]);
  });

  test.each(["price/x", "", undefined])("call of function %j leads to no other path", async (id) => {
    await expect(new Durable({ app: "shop", url }).call(id as never)).rejects.toThrow(
      /The function id .* must be/,
    );
    expect(got).toEqual([]);
  });

  test("a query that fails says which query of which run", async () => {
    replies = [
      (response) =>
        answer(response, 200, {
          status: "failed",
          output: null,
          failure: { name: "TypeError", message: "no" },
        }),
    ];
    const asked = new Durable({ app: "shop", url }).query("run-1", "left");
    await expect(asked).rejects.toThrow('Query "left" of run run-1 failed: TypeError: no');
  });
});
