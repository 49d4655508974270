// Every kind of bad input gets its exact status and a problem that says what to do; none is stored, none is a 5xx.
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitFor } from "../support/wait.ts";
import { asAdmin, startEngine } from "./api-engine.ts";
import { RawSocket, statusesOf } from "./raw-socket.ts";

type Engine = Awaited<ReturnType<typeof startEngine>>;

let engine: Engine;
const EVENTS = "/v1/events?app=shop";

beforeAll(async () => {
  engine = await startEngine();
});

afterAll(() => engine.stop());

const json = { "content-type": "application/json" };
const event = (data: string) => `{"name":"user.created","data":${data}}`;

async function storedEvents(): Promise<number> {
  const [row] = await engine.database.sql<
    { count: number }[]
  >`select count(*)::int as count from durable.events`;
  return row!.count;
}

describe("the body of a send", () => {
  const cases: [string, string | Uint8Array, number, string][] = [
    ["empty", "", 400, "malformed-json"],
    ["white space", "  ", 400, "malformed-json"],
    ["cut short", '{"name":"a"', 400, "malformed-json"],
    ["trailing data", '{"name":"a"} {}', 400, "malformed-json"],
    ["a comma too many", '{"name":"a",}', 400, "malformed-json"],
    ["single quotes", "{'name':'a'}", 400, "malformed-json"],
    ["NaN", event("NaN"), 400, "malformed-json"],
    ["a control character in a string", event('"a\u0001"'), 400, "malformed-json"],
    [
      "invalid UTF-8",
      Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
      400,
      "invalid-encoding",
    ],
    [
      "overlong UTF-8",
      Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
      400,
      "invalid-encoding",
    ],
    ["a byte order mark", `\ufeff${event("1")}`, 400, "invalid-encoding"],
    ["UTF-16", Buffer.from(event("1"), "utf16le"), 400, "unsupported-character"],
    ["NUL in data", event('"a\\u0000b"'), 400, "unsupported-character"],
    ["NUL in a key", event('{"a\\u0000":1}'), 400, "unsupported-character"],
    ["half a surrogate pair", event('"\\ud800"'), 400, "unsupported-character"],
    ["a duplicate key", '{"name":"a","name":"b"}', 400, "duplicate-key"],
    ["a duplicate key inside data", event('{"a":1,"a":2}'), 400, "duplicate-key"],
    ["a duplicate key in other spelling", event('{"a":1,"\\u0061":2}'), 400, "duplicate-key"],
    ["2^53 + 1", event("9007199254740993"), 400, "number-out-of-range"],
    ["1e400", event("1e400"), 400, "number-out-of-range"],
    ["1e-400", event("1e-400"), 400, "number-out-of-range"],
    ["a number Postgres cannot read", event("0e-99999"), 400, "number-out-of-range"],
    ["20,000 digits", event(`0.${"3".repeat(20_000)}`), 400, "number-out-of-range"],
    ["too deep", event("[".repeat(101) + "]".repeat(101)), 400, "too-complex"],
    ["20,000 deep", event("[".repeat(20_000) + "]".repeat(20_000)), 400, "too-complex"],
    [
      "too many members",
      event(`{${Array.from({ length: 10_001 }, (_, i) => `"k${i}":1`).join(",")}}`),
      400,
      "too-complex",
    ],
    ["a key too long", event(`{"${"k".repeat(1_025)}":1}`), 400, "too-complex"],
    ["a string instead of an event", '"user.created"', 422, "validation"],
    ["a number", "1", 422, "validation"],
    ["null", "null", 422, "validation"],
    ["nothing in the array", "[]", 422, "validation"],
    ["no event in the array", "[1]", 422, "validation"],
    ["an array in the array", '[[{"name":"a"}]]', 422, "validation"],
    ["no name", '{"data":1}', 422, "validation"],
    ["an empty name", '{"name":""}', 422, "validation"],
    ["a name of a wrong type", '{"name":1}', 422, "validation"],
    ["a name with spaces", '{"name":"user created"}', 422, "validation"],
    ["a name too long", `{"name":"${"n".repeat(201)}"}`, 422, "validation"],
    ["a name of the engine's own", '{"name":"durable.run.failed"}', 422, "validation"],
    ["an empty id", '{"name":"a","id":""}', 422, "validation"],
    ["an id too long", `{"name":"a","id":"${"i".repeat(201)}"}`, 422, "validation"],
    ["an id of the engine's", '{"name":"a","id":"durable.run.failed/x"}', 422, "validation"],
    ["an id of a wrong type", '{"name":"a","id":1}', 422, "validation"],
    ["a time that is none", '{"name":"a","time":"yesterday"}', 422, "validation"],
    ["30 February", '{"name":"a","time":"2026-02-30T00:00:00Z"}', 422, "validation"],
    ["a time as a number", '{"name":"a","time":1790000000}', 422, "validation"],
    ["data over 1 MiB", event(`"${"d".repeat(1024 * 1024)}"`), 422, "validation"],
    [
      "more than 5,000 events",
      `[${Array.from({ length: 5_001 }, () => '{"name":"a"}').join(",")}]`,
      422,
      "validation",
    ],
    ["over 8 MiB", event(`"${"d".repeat(9 * 1024 * 1024)}"`), 413, "payload-too-large"],
  ];

  test.each(cases)("%s", async (_, body, status, code) => {
    const before = await storedEvents();
    const answer = await engine.call("POST", EVENTS, body, json);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.json).toMatchObject({
      type: `urn:durable:problem:${code}`,
      code,
      status,
      title: expect.stringMatching(/^[A-Z]/),
      detail: expect.stringMatching(/[a-z]/),
      docs: `docs/errors/${code}.md`,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(await storedEvents()).toBe(before);
  });

  test("an empty body is refused though it names no content", async () => {
    const answer = await engine.call("POST", EVENTS);
    expect(answer.json).toMatchObject({ status: 415, code: "unsupported-media-type" });
  });

  test("says where: byte and pointer", async () => {
    const answer = await engine.call("POST", EVENTS, event('{"list":[1,{"n":9007199254740993}]}'), json);
    expect(answer.json.errors).toEqual([
      { pointer: "/data/list/1/n", detail: expect.stringContaining("byte ") },
    ]);
    const many = await engine.call("POST", EVENTS, '[{"name":"a"},{"name":"b c","time":"x"},{}]', json);
    expect(many.json.errors.map((error: { pointer: string }) => error.pointer)).toEqual([
      "/1/name",
      "/1/time",
      "/2/name",
    ]);
  });

  test("is taken when it only looks odd", async () => {
    for (const data of [
      "null",
      "0",
      '""',
      "[]",
      '{"__proto__":{"admin":true},"constructor":{"prototype":1}}',
      "1.10",
      "9007199254740991",
      "1e300",
      '"12345678901234567890"',
      '{"1e-400":"1e-400 and \\\\\\" 0e-99999","n":0.1234567890123456789}',
      '"\\uD83D\\uDE00 😀"',
      "[".repeat(99) + "]".repeat(99),
      `"${"d".repeat(1024 * 1024 - 2)}"`,
    ]) {
      const answer = await engine.call("POST", EVENTS, event(data), json);
      expect(answer.status, `${data.slice(0, 50)}: ${answer.text}`).toBe(200);
      const [row] = await engine.database.sql<{ data: string }[]>`
        select data from durable.events where id = ${answer.json.ids[0]}`;
      expect(row!.data === data).toBe(true);
    }
  });
});

describe("headers of a send", () => {
  const cases: [string, Record<string, string>, number, string][] = [
    ["text/plain", { "content-type": "text/plain" }, 415, "unsupported-media-type"],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }, 415, "unsupported-media-type"],
    ["almost JSON", { "content-type": "application/jsonp" }, 415, "unsupported-media-type"],
    [
      "another charset",
      { "content-type": "application/json; charset=latin1" },
      415,
      "unsupported-media-type",
    ],
    ["a CloudEvent in binary mode", { ...json, "ce-specversion": "1.0" }, 415, "unsupported-media-type"],
    ["gzip", { ...json, "content-encoding": "gzip" }, 415, "unsupported-encoding"],
    ["two encodings", { ...json, "content-encoding": "identity, gzip" }, 415, "unsupported-encoding"],
  ];
  test.each(cases)("%s", async (_, headers, status, code) => {
    const answer = await engine.call("POST", EVENTS, event("1"), headers);
    expect(answer.json).toMatchObject({ status, code });
  });

  test.each([
    "application/json; charset=utf-8",
    'application/JSON;charset="UTF-8"',
    "application/json ; x=y",
  ])("%s is taken", async (type) => {
    const answer = await engine.call("POST", EVENTS, event("1"), {
      "content-type": type,
      "content-encoding": "identity",
    });
    expect(answer.status, answer.text).toBe(200);
  });
});

describe("query, path and method", () => {
  const cases: [string, string, number, string][] = [
    ["POST", "/v1/events", 422, "validation"],
    ["POST", "/v1/events?app=sh%20op", 422, "validation"],
    ["POST", "/v1/events?app=shop&app=shop", 422, "validation"],
    ["POST", "/v1/events?app=shop&environment=dev", 422, "validation"],
    ["POST", "/v1/events?app=shop&env=..", 422, "validation"],
    ["GET", "/v1/events", 405, "method-not-allowed"],
    ["PUT", "/v1/events?app=shop", 405, "method-not-allowed"],
    ["DELETE", "/v1/apps/shop/dev/runs", 405, "method-not-allowed"],
    ["OPTIONS", "/v1/events", 405, "method-not-allowed"],
    ["PATCH", "/healthz", 405, "method-not-allowed"],
    ["GET", "/v1/nothing", 404, "not-found"],
    ["GET", "/v1/events/", 404, "not-found"],
    ["GET", "/v1/apps/shop/dev/runs/not-a-uuid", 404, "not-found"],
    ["GET", "/v1/apps/shop/dev/runs/00000000-0000-7000-8000-000000000000", 404, "not-found"],
    ["GET", "/v1/apps/nobody/dev/runs/00000000-0000-7000-8000-000000000000", 404, "not-found"],
    ["GET", "/v1/apps/nobody/dev/runs", 404, "not-found"],
    ["POST", "/v1/apps/shop/dev/runs/00000000-0000-7000-8000-000000000000/cancel", 404, "not-found"],
    ["GET", "/v1/apps/shop/dev/runs/%00", 404, "not-found"],
    ["GET", "/v1/apps/%ff/dev/runs", 422, "validation"],
    ["GET", "/v1/apps/shop/dev/runs?status=sleeping", 422, "validation"],
    ["GET", "/v1/apps/shop/dev/runs?limit=0", 422, "validation"],
    ["GET", "/v1/apps/shop/dev/runs?limit=201", 422, "validation"],
    ["GET", "/v1/apps/shop/dev/runs?limit=many", 422, "validation"],
    ["GET", "/v1/apps/shop/dev/runs?cursor=1'%20or%20'1'='1", 422, "validation"],
    ["GET", "/v1/apps/shop/dev/runs?stauts=failed", 422, "validation"],
    ["GET", "/v1/apps/shop/dev/runs/00000000-0000-7000-8000-000000000000?wait=61", 422, "validation"],
  ];
  test.each(cases)("%s %s", async (method, path, status, code) => {
    await engine.call("POST", EVENTS, event("1"), json);
    const answer = await engine.call(
      method,
      path,
      method === "POST" && path.startsWith("/v1/events") ? event("1") : undefined,
      json,
    );
    expect(answer.status, answer.text).toBe(status);
    expect(answer.json.code).toBe(code);
    if (status === 405) expect(answer.headers.get("allow")).toMatch(/GET|POST/);
  });

  test("a misspelt query parameter is named", async () => {
    const answer = await engine.call("GET", "/v1/apps/shop/dev/runs?stauts=failed");
    expect(answer.json.errors).toEqual([{ pointer: "?stauts", detail: expect.stringContaining("spelling") }]);
  });

  test("SQL in names is a name that nobody has", async () => {
    const answer = await engine.call(
      "GET",
      `/v1/apps/${encodeURIComponent("'; drop schema durable; --")}/dev/runs`,
    );
    expect(answer.json.status).toBe(422);
    expect((await engine.call("GET", "/readyz")).status).toBe(200);
  });
});

describe("an id used twice", () => {
  test("is one event when it is the same, a conflict naming it when it is another", async () => {
    const send = (data: number) =>
      engine.call("POST", EVENTS, [
        { name: "order.placed", id: "order-1", data },
        { name: "x", data: data * 10 },
      ]);
    const before = await storedEvents();
    expect((await send(1)).json.ids[0]).toBe("order-1");
    expect((await send(1)).status).toBe(200);
    const conflict = await send(2);
    expect(conflict.json).toMatchObject({
      status: 409,
      code: "idempotency-conflict",
      detail: expect.stringContaining("order-1"),
    });
    // The event beside the conflict was not stored either.
    expect(await storedEvents()).toBe(before + 3);
  });
});

describe("sync", () => {
  const cases: [string, unknown, number, string][] = [
    ["no URL and none known", {}, 422, "validation"],
    ["a URL of a wrong type", { url: 1 }, 422, "validation"],
    ["a list", [], 422, "validation"],
    ["no URL at all", { url: "shop" }, 422, "unsafe-url"],
    ["a file", { url: "file:///etc/passwd" }, 422, "unsafe-url"],
    ["gopher", { url: "gopher://127.0.0.1:6379/_INFO" }, 422, "unsafe-url"],
    ["cloud metadata", { url: "http://169.254.169.254/latest/meta-data" }, 422, "unsafe-url"],
    ["a private network", { url: "https://10.0.0.1/api/durable" }, 422, "unsafe-url"],
    ["credentials", { url: "https://user:pass@example.com/" }, 422, "unsafe-url"],
    ["a backslash host", { url: "http://good\\@evil/" }, 422, "unsafe-url"],
    ["a database's port", { url: "http://127.0.0.1:5432/" }, 422, "unsafe-url"],
    ["a line break", { url: "http://127.0.0.1/\r\nx" }, 422, "unsafe-url"],
    ["nobody there", { url: "http://127.0.0.1:1024/api/durable" }, 422, "inspect-failed"],
    ["the engine itself", { url: "itself" }, 422, "unsafe-url"],
  ];
  test.each(cases)("%s", async (_, body, status, code) => {
    const isItself = typeof body === "object" && (body as { url?: unknown }).url === "itself";
    const answer = await engine.call(
      "POST",
      "/v1/apps/shop/dev/sync",
      isItself ? { url: `${engine.url}/v1/events` } : body,
    );
    expect(answer.status, answer.text).toBe(status);
    expect(answer.json.code).toBe(code);
  });
});

describe("on the wire", () => {
  const head = (method: string, path: string, headers: string[]) =>
    `${[`${method} ${path} HTTP/1.1`, "host: localhost", ...headers].join("\r\n")}\r\n\r\n`;

  const broken: [string, string, number][] = [
    [
      "two lengths",
      `${head("POST", EVENTS, ["content-type: application/json", "content-length: 5", "transfer-encoding: chunked"])}0\r\n\r\n`,
      400,
    ],
    [
      "two different content-lengths",
      `${head("POST", EVENTS, ["content-length: 5", "content-length: 6"])}12345`,
      400,
    ],
    [
      "a chunk that is none",
      `${head("POST", EVENTS, ["content-type: application/json", "transfer-encoding: chunked"])}zz\r\n{}\r\n0\r\n\r\n`,
      400,
    ],
    ["a negative length", head("POST", EVENTS, ["content-length: -1"]), 400],
    ["no HTTP", "hello\r\n\r\n", 400],
    ["a header without a colon", head("GET", "/healthz", ["nonsense"]), 400],
    ["a NUL in a header", head("GET", "/healthz", ["x: a\0b"]), 400],
    ["headers too large", head("GET", "/healthz", [`x: ${"x".repeat(17_000)}`]), 431],
    ["a URL over 8 KiB", head("GET", `/healthz?${"x".repeat(9_000)}`, []), 414],
    ["a URL over 16 KiB", head("GET", `/healthz?${"x".repeat(20_000)}`, []), 414],
    ["no host", "GET /healthz HTTP/1.1\r\n\r\n", 400],
    ["a host that is none", "GET /healthz HTTP/1.1\r\nhost: a b\r\n\r\n", 400],
  ];
  test.each(broken)("%s", async (_, bytes, status) => {
    const socket = new RawSocket(engine.port).write(bytes);
    await waitFor("an answer", () => statusesOf(socket.received).length > 0);
    socket.end();
    expect(statusesOf(socket.received)).toEqual([status]);
    expect(socket.received).not.toMatch(/at .*\.ts:\d+/);
  });

  test("a chunked body over the limit is refused while it streams, and the connection closed", async () => {
    const socket = new RawSocket(engine.port).write(
      head("POST", EVENTS, ["content-type: application/json", "transfer-encoding: chunked"]),
    );
    const chunk = `100000\r\n${"x".repeat(0x100000)}\r\n`;
    for (let i = 0; i < 10; i++) socket.write(chunk);
    const received = await socket.closed;
    expect(statusesOf(received)).toEqual([413]);
    expect(received).toContain('"code":"payload-too-large"');
    expect(received.toLowerCase()).toContain("connection: close");
  });

  test("a body that is announced too large is refused before it is sent", async () => {
    const socket = new RawSocket(engine.port).write(
      head("POST", EVENTS, [
        "content-type: application/json",
        "content-length: 99999999",
        "expect: 100-continue",
      ]),
    );
    await waitFor("an answer", () => socket.received.includes("payload-too-large"));
    expect(statusesOf(socket.received)).toEqual([413]);
    socket.end();
  });

  test("expect: 100-continue is answered once the body is wanted", async () => {
    const body = event("1");
    const socket = new RawSocket(engine.port).write(
      head("POST", EVENTS, [
        "content-type: application/json",
        `content-length: ${body.length}`,
        "expect: 100-continue",
      ]),
    );
    await waitFor("the invitation", () => statusesOf(socket.received).includes(100));
    socket.write(body);
    await waitFor("the answer", () => statusesOf(socket.received).includes(200));
    socket.end();
  });

  test("pipelined requests are answered in order", async () => {
    const body = event("1");
    const send =
      head("POST", EVENTS, ["content-type: application/json", `content-length: ${body.length}`]) + body;
    const socket = new RawSocket(engine.port).write(
      send + head("GET", "/v1/nothing", []) + send + head("GET", "/healthz", ["connection: close"]),
    );
    expect(statusesOf(await socket.closed)).toEqual([200, 404, 200, 200]);
  });

  test("garbage after an accepted send does not turn its 200 into a 400", async () => {
    const body = event("1");
    const before = await storedEvents();
    const send =
      head("POST", EVENTS, ["content-type: application/json", `content-length: ${body.length}`]) + body;
    const received = await new RawSocket(engine.port).write(`${send}garbage\r\n\r\n`).closed;
    expect(statusesOf(received)).toEqual([200, 400]);
    expect(await storedEvents()).toBe(before + 1);
  });

  test("a body that ends in the middle stores nothing", async () => {
    const before = await storedEvents();
    const socket = new RawSocket(engine.port).write(
      `${head("POST", EVENTS, ["content-type: application/json", "content-length: 100"])}{"name":"a"}`,
    );
    socket.end();
    await socket.closed;
    expect((await engine.call("GET", "/healthz")).status).toBe(200);
    expect(await storedEvents()).toBe(before);
  });

  test("a 404 with a body leaves the connection usable", async () => {
    const socket = new RawSocket(engine.port).write(
      `${head("POST", "/v1/nothing", ["content-length: 5"])}12345${head("GET", "/healthz", ["connection: close"])}`,
    );
    expect(statusesOf(await socket.closed)).toEqual([404, 200]);
  });

  test("HEAD has the head of GET and no body", async () => {
    const answer = await request(`${engine.url}/healthz`, { method: "HEAD" });
    expect(answer.statusCode).toBe(200);
    expect(await answer.body.text()).toBe("");
  });
});

test("nothing above was an engine's own mistake", async () => {
  expect(engine.logged.filter((line) => line.includes("nobody expected"))).toEqual([]);
});

test("admin is admin in dev mode too", async () => {
  expect((await engine.call("GET", "/v1/apps", undefined, asAdmin)).status).toBe(200);
  expect((await engine.call("GET", "/v1/apps", undefined, { authorization: "Bearer wrong" })).status).toBe(
    401,
  );
});
