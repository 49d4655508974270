// step.fetch: calls that the engine makes, through its guard.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createFunction, type Step } from "@durable/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
let program: (step: Step) => unknown = () => null;
let received: Received[] = [];
let respond: (request: Received, response: ServerResponse, count: number) => void = () => {};
const server = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += piece;
  const { method = "", url = "", headers } = request;
  received.push({ method, url, headers, body });
  respond(received.at(-1)!, response, received.length);
});
let site = "";

const fn = createFunction({
  id: "fetches",
  trigger: { event: "fetch" },
  retry: { max: 3, base: 1, backoff: "constant", jitter: false },
  handler: ({ step }) => program(step),
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  engine = await startEngine({ slots: 8 });
  app = await startSdkApp(engine, "fetcher", [fn]);
});

beforeEach(() => {
  received = [];
});

afterEach(() => expectInvariants(engine.database));

afterAll(async () => {
  // First: the calls that it never answers would be waited for.
  server.closeAllConnections();
  server.close();
  await engine.stop();
  await app.stop();
});

async function run(handler: (step: Step) => unknown) {
  program = handler;
  const sent = await engine.call("POST", "/v1/events?app=fetcher", { name: "fetch", data: null });
  const path = `/v1/apps/fetcher/dev/runs/${sent.json.runs[0].run}`;
  const { json } = await engine.call("GET", `${path}/result?wait=20`);
  return { ...json, run: (await engine.call("GET", path)).json };
}

test("the engine makes the call: status, headers and body are the result", async () => {
  respond = (_, response) => {
    response.writeHead(201, { "content-type": "application/json", "x-more": "1" });
    response.end('{"id":7}');
  };
  const {
    status,
    output,
    run: stored,
  } = await run((step) =>
    step.fetch("create", {
      url: `${site}/orders?a=1#part`,
      headers: { authorization: "Bearer very-secret" },
      body: { order: 42 },
    }),
  );
  expect(status).toBe("completed");
  expect(output).toMatchObject({
    status: 201,
    headers: { "content-type": "application/json", "x-more": "1" },
    body: '{"id":7}',
  });
  const [step] = stored.steps;
  expect(received).toMatchObject([
    {
      method: "POST",
      url: "/orders?a=1",
      body: '{"order":42}',
      headers: {
        authorization: "Bearer very-secret",
        "content-type": "application/json",
        "idempotency-key": `${stored.id}/${step.id}`,
      },
    },
  ]);
  expect(step).toMatchObject({ op: "fetch", status: "ok", attempt: 1 });
  // The secret was for the one who was called, and goes with the task.
  expect(JSON.stringify(stored)).not.toContain("very-secret");
  expect(engine.logged.join("")).not.toContain("very-secret");
  const [left] = await engine.database.sql`select count(*)::int as count from durable.tasks`;
  expect(left!["count"]).toBe(0);
});

test.each([500, 404, 302])("a %d is a result, and it is not followed", async (code) => {
  respond = (_, response) => response.writeHead(code, { location: `${site}/elsewhere` }).end("no");
  const { output } = await run((step) => step.fetch("ask", site));
  expect(output).toMatchObject({ status: code, body: "no" });
  expect(received).toHaveLength(1);
});

test("a call without an answer is tried again by the policy, under the same key", async () => {
  respond = (_, response, count) => {
    if (count < 3) response.socket?.destroy();
    else response.end("at last");
  };
  const { output, run: stored } = await run((step) => step.fetch("flaky", site));
  expect(output.body).toBe("at last");
  expect(new Set(received.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
  expect(stored.steps[0].attempts.map((each: { outcome: string }) => each.outcome)).toEqual([
    "failed",
    "failed",
    "ok",
  ]);
});

test("after its last attempt it throws a FetchError that user code can catch, and that names no secret", async () => {
  respond = () => {};
  const { output, run: stored } = await run(async (step) => {
    try {
      return await step.fetch("slow", { url: `${site}/?token=very-secret`, timeout: 50, retry: { max: 2 } });
    } catch (error) {
      const { name, message } = error as Error;
      return { name, message };
    }
  });
  expect(output).toEqual({ name: "FetchError", message: `${site} did not answer within 50 ms.` });
  // On a busy machine 50 ms may be over before the call has arrived.
  expect(stored.steps[0].attempts).toHaveLength(2);
});

test("what is no text comes as base64, and more than 1 MiB fails at once", async () => {
  respond = (_, response) => response.end(Buffer.from([0xff, 0, 1]));
  const binary = await run((step) => step.fetch("binary", site));
  expect(binary.output).toMatchObject({ body: "/wAB", base64: true });
  received = [];
  respond = (_, response) => response.end(Buffer.alloc(1024 * 1024 + 1, "a"));
  const large = await run((step) => step.fetch("large", site));
  expect(large).toMatchObject({ status: "failed", failure: { name: "FetchError" } });
  expect(large.failure.message).toMatch(/answered with more than 1 MiB/);
  expect(received).toHaveLength(1);
});

test("the guard holds: what the engine may not call fails at once, with the reason", async () => {
  const metadata = await run((step) => step.fetch("metadata", "http://169.254.169.254/latest"));
  expect(metadata).toMatchObject({ status: "failed", failure: { name: "FetchError" } });
  expect(metadata.failure.message).toMatch(/is not called/);
  expect(metadata.run.steps[0].attempt).toBe(1);
  const itself = await run((step) => step.fetch("itself", `${engine.url}/v1/apps`));
  expect(itself.failure.message).toMatch(/belongs to the engine itself/);
});

test("a fetch may lose a race", async () => {
  respond = () => {};
  const { output, run: stored } = await run((step) =>
    step.race({
      call: (branch) => branch.fetch("never", site),
      patience: (branch) => branch.sleep("patience", 20),
    }),
  );
  expect(output.branch).toBe("patience");
  const call = stored.steps.find((step: { op: string }) => step.op === "fetch");
  expect(call.status).toBe("cancelled");
});

test.each<[string, Parameters<Step["fetch"]>[1], RegExp]>([
  ["a path", "/orders", /needs a whole http or https URL/],
  ["a file", "file:///etc/passwd", /needs a whole http or https URL/],
  ["a password in the URL", "https://me:secret@example.com/", /into the header authorization/],
  ["a header of two lines", { url: "https://example.com", headers: { a: "b\r\nc: d" } }, /must be one line/],
  ["no method", { url: "https://example.com", method: "GET /" }, /is no method/],
  ["an hour", { url: "https://example.com", timeout: "1h" }, /between 1 ms and 5 min/],
])("is refused before it is asked for: %s", async (_, request, sentence) => {
  const { status, failure } = await run((step) => step.fetch("refused", request));
  expect(status).toBe("failed");
  expect(failure.message).toMatch(sentence);
});
