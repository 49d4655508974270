// What the route believes: signed, fresh, strict messages of the protocol, and nothing else. Every test goes through a
// real socket or a real Request; each refusal says what is wrong and gives nothing away.
import { once } from "node:events";
import { createServer, request as httpRequest, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { parseSecret, REQUEST_BYTES_MAX, replyKeyOf, verify } from "@durable/protocol/wire";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { serve as serveExpress } from "../adapters/express.ts";
import { serve as serveNode } from "../adapters/node.ts";
import { createFunction } from "../function.ts";
import { serve as serveFetch } from "../serve.ts";
import type { ServeOptions } from "./serve-options.ts";
import { invoke as invokeOf, type SampleSigning, SECRET, signed as signedHeaders } from "./signed-sample.ts";

const OTHER = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;
const KEY = parseSecret(SECRET);

const echo = createFunction({
  id: "echo",
  trigger: { event: "said" },
  handler: ({ event }) => event.data,
});
const options: ServeOptions = { app: "shop", functions: [echo], secret: SECRET };

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body: string | Buffer;
}
interface Got {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
}
type Door = (sent: Sent) => Promise<Got>;

const servers: Server[] = [];
async function listen(handler: Parameters<typeof createServer>[1]): Promise<number> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** In two pieces, cut in the middle: characters of several bytes are torn apart. */
function overSocket(port: number): Door {
  return ({ method = "POST", headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.from(body);
      const all = { ...headers, ...(method === "GET" ? {} : { "content-length": String(bytes.length) }) };
      const request = httpRequest({ port, host: "127.0.0.1", method, headers: all }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece) => {
          text += piece;
        });
        response.on("end", () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers as Record<string, string>,
            text,
          }),
        );
      });
      request.on("error", reject);
      const half = bytes.length >> 1;
      if (method !== "GET") request.write(bytes.subarray(0, half));
      setTimeout(() => request.end(method === "GET" ? undefined : bytes.subarray(half)), 2);
    });
}

const fetchDoor: Door = async ({ method = "POST", headers = {}, body }) => {
  const response = await serveFetch(options)(
    new Request("http://localhost/api/durable", {
      method,
      headers,
      ...(method === "GET" ? {} : { body: body as string }),
    }),
  );
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
};

/** A JSON parser that keeps no bytes, as express.json() is. */
const parsed: Parameters<typeof createServer>[1] = (request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    let body: unknown;
    try {
      body = JSON.parse(Buffer.concat(pieces).toString());
    } catch {}
    void serveExpress(options)(Object.assign(request, { body }), response);
  });
};

const doors: Record<string, Door> = { "a fetch handler": fetchDoor };
beforeAll(async () => {
  doors["node:http"] = overSocket(await listen(serveNode(options)));
  doors["express"] = overSocket(await listen(serveExpress(options)));
  doors["express after a body parser"] = overSocket(await listen(parsed));
});
afterAll(() => Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve)))));
const DOORS = ["a fetch handler", "node:http", "express", "express after a body parser"];

const nowS = () => Math.floor(Date.now() / 1000);

function signed(body: string, { headers, ...signing }: SampleSigning & Pick<Sent, "headers"> = {}): Sent {
  return { body, headers: { ...signedHeaders(body, signing), ...headers } };
}

const invoke = (data: unknown, more?: object) => invokeOf("echo", data, more);

describe.each(DOORS)("through %s", (door) => {
  const through = (sent: Sent) => doors[door]!(sent);

  test("a signed message is answered, and the answer is signed with the other key", async () => {
    const sent = signed(invoke({ text: "Grüße, 世界 \u{1f600}" }));
    const { status, headers, text } = await through(sent);
    expect(status, text).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      status: "done",
      fence: "fence-1",
      output: { text: "Grüße, 世界 \u{1f600}" },
    });
    expect(headers["webhook-id"]).toBe(sent.headers!["webhook-id"]);
    const [timestamp, signature] = [Number(headers["webhook-timestamp"]), headers["webhook-signature"]!];
    const body = Buffer.from(text);
    expect(verify([replyKeyOf(KEY)], headers["webhook-id"]!, timestamp, body, signature)).toBe(true);
    expect(verify([KEY], headers["webhook-id"]!, timestamp, body, signature)).toBe(false);
  });

  test("inspect is answered whoever is asked for", async () => {
    const { status, text } = await through(signed(JSON.stringify({ type: "inspect", app: "other" })));
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      app: "shop",
      functions: [{ id: "echo", triggers: [{ event: "said" }] }],
    });
  });

  test.each<[string, () => Sent, number, string | null]>([
    ["a GET", () => ({ method: "GET", body: "" }), 405, null],
    [
      "nothing signed",
      () => ({ body: invoke(1), headers: { "content-type": "application/json" } }),
      401,
      "unauthenticated",
    ],
    ["another secret", () => signed(invoke(1), { secret: OTHER }), 401, "unauthenticated"],
    [
      "a signature of six minutes ago",
      () => signed(invoke(1), { timestampS: nowS() - 360 }),
      401,
      "unauthenticated",
    ],
    [
      "a signature of in six minutes",
      () => signed(invoke(1), { timestampS: nowS() + 360 }),
      401,
      "unauthenticated",
    ],
    [
      "a body other than the signed one",
      () => ({ ...signed(invoke(1)), body: invoke(2) }),
      401,
      "unauthenticated",
    ],
    [
      "a signature that is none",
      () => signed(invoke(1), { headers: { "webhook-signature": "v1,!!" } }),
      401,
      "unauthenticated",
    ],
    [
      "a timestamp that is none",
      () => signed(invoke(1), { headers: { "webhook-timestamp": "soon" } }),
      401,
      "unauthenticated",
    ],
    [
      "another protocol",
      () => signed(invoke(1), { headers: { "durable-protocol": "9" } }),
      415,
      "unsupported-protocol",
    ],
    [
      "text",
      () => signed(invoke(1), { headers: { "content-type": "text/plain" } }),
      415,
      "unsupported-media-type",
    ],
    [
      "a compressed body",
      () => signed(invoke(1), { headers: { "content-encoding": "br" } }),
      415,
      "unsupported-encoding",
    ],
    ["no message of the protocol", () => signed('{"type":"hello"}'), 400, "malformed-request"],
    ["an invoke without a memo", () => signed(invoke(1, { memo: undefined })), 400, "malformed-request"],
    [
      "a call without an input",
      () => signed(`{"type":"call","app":"shop","fn":"checkout","call":{"id":"c","started_at":"t"}}`),
      400,
      "malformed-request",
    ],
    [
      "a query without a name",
      () =>
        signed(
          `{"type":"query","app":"shop","fn":"checkout","run":{"id":"r"},"event":{},"memo":[],"query":{},"budget":{"ms":1}}`,
        ),
      400,
      "malformed-request",
    ],
    ["another app", () => signed(invoke(1, { app: "bank" })), 404, "not-found"],
    ["a function that is not here", () => signed(invoke(1, { fn: "gone" })), 404, "not-found"],
  ])("%s is refused", async (_, make, status, code) => {
    const { status: got, text, headers } = await through(make());
    const lost = door === "express after a body parser" && status === 401;
    expect(got, text).toBe(lost ? 500 : status);
    if (code !== null) {
      expect(headers["content-type"]).toContain("application/problem+json");
      expect(JSON.parse(text).code).toBe(lost ? "raw-body-lost" : code);
      expect(text).not.toContain(SECRET);
    }
  });
});

test.each(DOORS)(
  "through %s, a request that names no version of the protocol is of version 1",
  async (door) => {
    const { body, headers } = signed('{"type":"inspect","app":"shop"}');
    const { "durable-protocol": _, ...rest } = headers!;
    const { status, text } = await doors[door]!({ body, headers: rest });
    expect(status, text).toBe(200);
  },
);

// A parser before the route has an opinion of its own about these.
describe.each(DOORS.slice(0, 3))("through %s, of bodies that are no strict JSON,", (door) => {
  test.each([
    ["half a document", '{"type":', "malformed-json"],
    ["a member twice", '{"type":"inspect","type":"inspect","app":"shop"}', "duplicate-key"],
    ["NUL", `{"type":"inspect","app":"a\\u0000"}`, "unsupported-character"],
    [
      "a depth of 200",
      `{"type":"inspect","app":"shop","x":${"[".repeat(200)}${"]".repeat(200)}}`,
      "too-complex",
    ],
  ])("%s is refused with its place", async (_, body, code) => {
    const { status, text } = await doors[door]!(signed(body));
    expect(status, text).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ code, offset: expect.any(Number) });
  });

  test("more than a request may have is refused before it is read to its end", async () => {
    const { status, text } = await doors[door]!(signed(`"${"x".repeat(REQUEST_BYTES_MAX)}"`));
    expect(status).toBe(413);
    expect(JSON.parse(text).code).toBe("payload-too-large");
  });
});

test("through a fetch handler, a body that does not say its length is read as far as a request may go", async () => {
  const piece = new Uint8Array(REQUEST_BYTES_MAX / 4).fill(0x20);
  let pulled = 0;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      controller.enqueue(piece);
    },
    cancel() {
      isCancelled = true;
    },
  });
  const headers = { "content-type": "application/json" };
  const request = new Request("http://localhost/", { method: "POST", headers, body, duplex: "half" });
  const response = await serveFetch(options)(request);
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: "payload-too-large" });
  expect([pulled < 10, isCancelled]).toEqual([true, true]);
});

test.each([
  [
    "a little more than a request may have is read to its end, so that its sender comes to read why it is refused",
    1,
    5,
  ],
  ["far more is not read at all", 4, 1],
])("through a fetch handler, a body that says it has %s", async (_, times, pulledMost) => {
  const bytes = times * REQUEST_BYTES_MAX + 1;
  let pulled = 0;
  let left = bytes;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      const size = Math.min(left, REQUEST_BYTES_MAX / 4);
      controller.enqueue(new Uint8Array(size));
      left -= size;
      if (left === 0) controller.close();
    },
  });
  const headers = { "content-type": "application/json", "content-length": String(bytes) };
  const request = new Request("http://localhost/", { method: "POST", headers, body, duplex: "half" });
  expect((await serveFetch(options)(request)).status).toBe(413);
  expect([left === 0, pulled]).toEqual([times === 1, pulledMost]);
});

test("through a fetch handler, a body that comes in pieces is read whole", async () => {
  const { body: text, headers } = signed(invoke("in pieces"));
  const bytes = Buffer.from(text);
  const body = ReadableStream.from([bytes.subarray(0, 9), bytes.subarray(9, 10), bytes.subarray(10)]);
  const request = new Request("http://localhost/", {
    method: "POST",
    headers: headers!,
    body,
    duplex: "half",
  });
  expect(await (await serveFetch(options)(request)).json()).toMatchObject({ output: "in pieces" });
});

describe.each(["express", "node"] as const)("through %s", (door) => {
  test("a sender that hangs up in the middle of its body harms nobody", async () => {
    const handler = door === "node" ? serveNode(options) : serveExpress(options);
    let handled: Promise<void> | undefined;
    const port = await listen((request, response) => {
      handled = handler(request, response);
    });
    const socket = connect(port, "127.0.0.1");
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"half', () =>
      setTimeout(() => socket.destroy(), 20),
    );
    await once(socket, "close");
    await vi.waitFor(() => expect(handled).toBeDefined());
    // A rejection here is one that nobody handles: the process of the app would end.
    await expect(handled).resolves.toBeUndefined();
  });
});

describe("secrets", () => {
  const call = async (secret: ServeOptions["secret"], sent: Sent) => {
    const handler = serveFetch({ ...options, secret });
    const { body, headers } = sent;
    return handler(
      new Request("http://localhost/", { method: "POST", headers: headers!, body: body as string }),
    );
  };

  test("while two are in force, the answer comes with the one that verified", async () => {
    const response = await call([OTHER, SECRET], signed(invoke(1)));
    const body = Buffer.from(await response.text());
    const [id, timestamp] = [
      response.headers.get("webhook-id")!,
      Number(response.headers.get("webhook-timestamp")),
    ];
    const signature = response.headers.get("webhook-signature")!;
    expect(verify([replyKeyOf(KEY)], id, timestamp, body, signature)).toBe(true);
    expect(verify([replyKeyOf(parseSecret(OTHER))], id, timestamp, body, signature)).toBe(false);
  });

  test("they may be looked up for each request; a store that fails is a 503 without its reason", async () => {
    expect((await call(async () => SECRET, signed(invoke(1)))).status).toBe(200);
    const failing = await call(() => Promise.reject(new Error("vault token abc")), signed(invoke(1)));
    expect(failing.status).toBe(503);
    expect(failing.headers.get("retry-after")).toBe("1");
    expect(await failing.text()).not.toContain("abc");
  });
});

test.each([
  ["two functions of one id", { functions: [echo, echo] }, /same id: "echo"/],
  ["no functions", { functions: undefined as never }, /serve takes "functions", a list .*, not undefined\./],
  [
    "a function that is not there",
    { functions: [echo, undefined as never] },
    /serve: functions\[1\] is undefined, .* Does an import lead in a circle/,
  ],
  [
    "what is no function",
    { functions: [(() => 1) as never] },
    /serve: functions\[0\] is a function, and not what createFunction returned\./,
  ],
  ["an app without a name", { app: "" }, /The app's name "" must be 1 to 100/],
])("%s are told where they are written", (_, wrong, sentence) => {
  expect(() => serveFetch({ ...options, ...wrong })).toThrow(sentence);
});
