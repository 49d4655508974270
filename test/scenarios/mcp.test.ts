// The MCP server as a model's client has it: a process of its own, spoken to over stdio by the official client, with a whole
// engine behind it.
import { fileURLToPath } from "node:url";
import { createFunction } from "@durable/sdk";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONFIRM_S, makeConfirmation } from "../../engine/src/auth/confirmation.ts";
import { EngineKeys } from "../../engine/src/auth/engine-keys.ts";
import { ANSWER_CHARACTERS_MAX } from "../../engine/src/cli/mcp/bound-answer.ts";
import { LEFT_OUT, operationsFor } from "../../engine/src/cli/mcp/left-out.ts";
import type { Row } from "../../engine/src/http/contract/row.ts";
import { type Operation, TABLE } from "../../engine/src/http/contract/table.ts";
import { systemPorts } from "../../engine/src/runtime/system-ports.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { PATIENCE_MS, waitFor } from "../support/wait.ts";
import { ADMIN_TOKEN, ENCRYPTION_KEY, startEngine } from "./api-engine.ts";
import { furnish, REQUESTS, UNKNOWN } from "./every-route.ts";
import { startSdkApp } from "./sdk-app.ts";

const DURABLE = fileURLToPath(new URL("../../engine/bin/durable.js", import.meta.url));

type Environment = Record<string, string>;
// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
type Any = any;
type Arguments = Record<string, unknown>;

let engine: Awaited<ReturnType<typeof startEngine>>;
let mine: Awaited<ReturnType<typeof furnish>>;
let theirs: Awaited<ReturnType<typeof furnish>>;
let large: Awaited<ReturnType<typeof startSdkApp>>;
let reader: Client;
let writer: Client;
/** Bound to no workspace. */
let anywhere: Client;
const clients: Client[] = [];

beforeAll(async () => {
  engine = await startEngine();
  [mine, theirs] = [await furnish(engine, "mine"), await furnish(engine, "theirs")];
  large = await startSdkApp(engine, "large", [
    createFunction({
      id: "writes",
      trigger: { event: "write" },
      handler: ({ step }) => step.run("book", () => ({ pages: "x".repeat(50_000) })),
    }),
  ]);
  [reader, writer, anywhere] = await Promise.all([
    connect(),
    connect(["--allow-changes"]),
    connect([], { DURABLE_APP: "" }),
  ]);
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await expectInvariants(engine.database);
  await Promise.all([mine.stop(), theirs.stop(), large.stop()]);
  await engine.stop();
});

async function connect(flags: readonly string[] = [], changed: Environment = {}): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" });
  const env: Environment = {
    PATH: process.env["PATH"]!,
    DURABLE_URL: engine.url,
    DURABLE_ADMIN_TOKEN: ADMIN_TOKEN,
    DURABLE_APP: "mine",
    ...changed,
  };
  const args = [DURABLE, "mcp", ...flags];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env }));
  clients.push(client);
  return client;
}

async function call(client: Client, name: string, of: Arguments) {
  const { content, isError, structuredContent } = await client.callTool(
    { name, arguments: of },
    { timeout: PATIENCE_MS },
  );
  const texts = (content as { text: string }[]).map(({ text }) => text);
  return { texts, isError: isError === true, structured: structuredContent as Any };
}

/** What a tool that changes something says. */
async function said(name: string, of: Arguments) {
  const { texts, isError } = await call(writer, name, of);
  expect(isError, texts[0]).toBe(false);
  return JSON.parse(texts[0]!);
}

const statusOf = async (at: string, run: string) =>
  (await engine.call("GET", `${at}/runs/${run}`)).json.status as string;

describe("what is listed", () => {
  test("without --allow-changes: the routes that read, each as its schema", async () => {
    const { tools } = await reader.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual([...operationsFor(false), "readMore"].sort());
    for (const { annotations, description, inputSchema } of tools) {
      expect(annotations?.readOnlyHint).toBe(true);
      expect(description).toMatch(/\.$/);
      expect(inputSchema.properties).not.toHaveProperty("confirm");
    }
    const listRuns = tools.find(({ name }) => name === "listRuns")!;
    expect(listRuns.description).toContain("List runs, newest first.");
    expect(listRuns.inputSchema.properties).toMatchObject({
      status: { enum: expect.arrayContaining(["failed"]) },
      limit: { type: "integer", maximum: 200, default: 50 },
    });
    // The workspace is said already.
    expect(listRuns.inputSchema.properties).not.toHaveProperty("app");
    expect(listRuns.outputSchema?.["properties"]).toHaveProperty("runs");
    expect(JSON.stringify(tools)).not.toContain("$ref");
  });

  test("with it also those that change, each of which takes a confirm", async () => {
    const { tools } = await writer.listTools();
    const changing = tools.filter(({ annotations }) => annotations?.readOnlyHint === false);
    expect(changing.map(({ name }) => name)).toContain("cancelRun");
    expect(changing.length).toBeGreaterThan(25);
    for (const { inputSchema } of changing) expect(inputSchema.properties).toHaveProperty("confirm");
  });

  test("nothing whose answer is a secret", async () => {
    const secrets = (Object.entries(TABLE) as [Operation, Row][]).filter(([name, row]) => {
      const shape = (row.answer as { shape?: object }).shape ?? {};
      return ["key", "secret", "token"].some((member) => Object.hasOwn(shape, member)) && name !== "health";
    });
    expect(secrets.map(([name]) => name).sort()).toEqual([
      "createKey",
      "createRunToken",
      "createSigningSecret",
      "createWebhook",
      "rotateWebhookSecret",
    ]);
    for (const [name] of secrets) expect(LEFT_OUT).toHaveProperty(name);
    const { tools } = await writer.listTools();
    expect(tools.filter(({ name }) => Object.hasOwn(LEFT_OUT, name))).toEqual([]);
    const { texts } = await call(writer, "createKey", { body: { scope: "admin" } });
    expect(texts[0]).toMatch(/no tool "createKey"/);
  });

  test("where no app is named, each tool asks for one", async () => {
    const { tools } = await anywhere.listTools();
    const getRun = tools.find(({ name }) => name === "getRun")!;
    expect(getRun.inputSchema.required).toEqual(["app", "id"]);
    expect(getRun.inputSchema.properties).toMatchObject({ env: { default: "dev" } });
    const { structured } = await call(anywhere, "getRun", { app: "theirs", id: theirs.things.run });
    expect(structured.app).toBe("theirs");
  });
});

/** The arguments of a route's request, from its path. */
function argumentsOf(name: Operation): Arguments {
  if (name === "find") return { id: mine.things.run };
  const request = REQUESTS[name]?.(mine.things);
  if (request === undefined) return {};
  const names = [...TABLE[name].path.matchAll(/\{(\w+)\}/g)].map(([, each]) => each!);
  const pattern = new RegExp(`^${TABLE[name].path.replaceAll(/\{\w+\}/g, "([^/?]+)")}$`);
  const values = pattern.exec(`${mine.at}${request.path.split("?")[0]}`)!.slice(1);
  return Object.fromEntries(
    names.map((each, at) => [each, values[at]] as const).filter(([each]) => each !== "app" && each !== "env"),
  );
}

describe("reading", () => {
  // The client refuses what does not fit the schema that the tool has promised.
  test.each(operationsFor(false))("%s answers what its schema says", async (name) => {
    const { isError, texts, structured } = await call(reader, name, argumentsOf(name));
    expect(isError, texts[0]).toBe(false);
    expect(JSON.parse(texts[0]!)).toEqual(structured);
  });

  test("a run that is stuck is explained", async () => {
    const stuck = (await engine.call("POST", "/v1/events?app=mine", { name: "ask" })).json.runs[0].run;
    // At first it is queued like any other.
    const structured = await waitFor("the run to be held", async () => {
      const shown = await call(reader, "getRun", { id: stuck });
      return shown.structured.wait?.kind === "held" && shown.structured;
    });
    expect(structured.why).toMatch(/paused/);
    expect(structured.wait).toMatchObject({ kind: "held", pause: { function: "ask-mine" } });
  });

  test("what is wrong with the arguments is told, and by which", async () => {
    const { isError, texts } = await call(reader, "listRuns", { limit: 900, colour: "red" });
    expect({ isError, texts }).toEqual({ isError: true, texts: ["colour: not known here."] });
    expect((await call(reader, "listRuns", { limit: 900 })).texts[0]).toMatch(/^\?limit: /);
  });

  test("another workspace's run is as unknown as one that nothing has", async () => {
    const foreign = await call(reader, "getRun", { id: theirs.things.run });
    const unknown = await call(reader, "getRun", { id: UNKNOWN.run });
    expect(foreign.isError).toBe(true);
    expect(JSON.parse(foreign.texts[0]!)).toMatchObject({ status: 404, code: "not-found" });
    expect(foreign.texts[0]!.replace(theirs.things.run, UNKNOWN.run)).toBe(unknown.texts[0]);
  });

  test("a large answer is cut, says where, and the rest can be had", async () => {
    const id = await large.start("write");
    await waitFor("the run to end", async () => (await statusOf("/v1/apps/large/dev", id)) === "completed");
    const asked = { app: "large", id };
    const { texts, structured } = await call(anywhere, "getRun", asked);
    expect(texts[0]!.length).toBeLessThan(ANSWER_CHARACTERS_MAX);
    expect(structured.output.pages).toMatch(/^x{2000}… \(48000 more characters\)$/);
    expect(texts[1]).toContain("/output/pages (2000 of 50000 characters)");
    let read = "";
    for (let isMore = true; isMore; ) {
      const of = { tool: "getRun", arguments: asked, pointer: "/output/pages", offset: read.length };
      const part = await call(anywhere, "readMore", of);
      read += part.texts[0];
      isMore = part.texts.length > 1;
    }
    expect(read).toBe("x".repeat(50_000));
    const nowhere = { tool: "getRun", arguments: asked, pointer: "/output/cover" };
    expect((await call(anywhere, "readMore", nowhere)).isError).toBe(true);
  });

  test("an engine that does not answer is told in a sentence, and the server lives on", async () => {
    const client = await connect([], { DURABLE_URL: "http://127.0.0.1:1" });
    const { isError, texts } = await call(client, "listRuns", {});
    expect({ isError, said: texts[0] }).toEqual({
      isError: true,
      said: expect.stringContaining("No engine answers"),
    });
    expect((await client.listTools()).tools.length).toBeGreaterThan(10);
  });
});

describe("changing", () => {
  const start = async (event = "nap") =>
    (await engine.call("POST", "/v1/events?app=mine", { name: event })).json.runs[0].run as string;
  const asleep = async () => {
    const id = await start();
    await waitFor("the run to sleep", async () => (await statusOf(mine.at, id)) === "waiting");
    return id;
  };

  test("is refused where it was not allowed at the start", async () => {
    const id = await asleep();
    const { isError, texts } = await call(reader, "cancelRun", { id });
    expect({ isError, said: texts[0] }).toEqual({
      isError: true,
      said: expect.stringContaining("only reads"),
    });
    expect(await statusOf(mine.at, id)).toBe("waiting");
  });

  test("is refused by the engine where the key may only read", async () => {
    const id = await asleep();
    const { key } = (await engine.call("POST", `${mine.at}/keys`, { scope: "read" })).json;
    const client = await connect(["--allow-changes"], { DURABLE_ADMIN_TOKEN: "", DURABLE_API_KEY: key });
    const { isError, texts } = await call(client, "cancelRun", { id });
    expect(isError).toBe(true);
    expect(JSON.parse(texts[0]!)).toMatchObject({ status: 403, code: "forbidden" });
    expect(await statusOf(mine.at, id)).toBe("waiting");
  });

  test("a plan says what would be done and does nothing; confirmed it is done, once, and audited", async () => {
    const id = await asleep();
    const of = { id, body: { reason: "asked for", undo: true } };
    const plan = await said("cancelRun", of);
    expect(plan).toMatchObject({
      done: false,
      would: "Cancel a run for good",
      workspace: { app: "mine", environment: "dev", production: false },
      target: { id, function: "nap-mine", status: "waiting", why: expect.any(String) },
      confirm: expect.any(String),
      expires_in_s: CONFIRM_S,
    });
    expect(await statusOf(mine.at, id)).toBe("waiting");
    // A model may repeat members in another order.
    const done = await said("cancelRun", {
      body: { undo: true, reason: "asked for" },
      id,
      confirm: plan.confirm,
    });
    expect(done).toEqual({ done: true, answer: { id, status: "cancelled" } });
    expect(await statusOf(mine.at, id)).toBe("cancelled");
    // Ends are final: done again it would be refused.
    expect(await said("cancelRun", { ...of, confirm: plan.confirm })).toEqual(done);
    const { audit } = (await engine.call("GET", `${mine.at}/audit?target=${id}`)).json;
    expect(audit).toMatchObject([{ actor: "admin", action: "run.cancel", detail: "asked for" }]);
  });

  test("a plan is for one call: another run, another body, another time needs another", async () => {
    const [id, other] = [await asleep(), await asleep()];
    const { confirm } = await said("cancelRun", { id });
    const keys = new EngineKeys([ENCRYPTION_KEY], systemPorts().random);
    const old = makeConfirmation(
      keys,
      {
        actor: { kind: "admin" },
        action: "runs.cancel",
        method: "POST",
        path: `${mine.at}/runs/${id}/cancel`,
        body: new Uint8Array(),
      },
      Math.floor(Date.now() / 1000) - CONFIRM_S,
    );
    for (const of of [
      { id: other, confirm },
      { id, body: { undo: false }, confirm },
      { id, confirm: old },
      { id, confirm: "yes" },
    ]) {
      const { isError, texts } = await call(writer, "cancelRun", of);
      expect(isError).toBe(true);
      expect(JSON.parse(texts[0]!)).toMatchObject({ status: 428, code: "confirmation-needed" });
      expect(texts[0]).toContain("another call, or is over");
    }
    expect([await statusOf(mine.at, id), await statusOf(mine.at, other)]).toEqual(["waiting", "waiting"]);
    expect(await said("cancelRun", { id, confirm })).toMatchObject({ done: true });
  });

  test("of another workspace's run there is no plan", async () => {
    const { isError, texts } = await call(writer, "cancelRun", { id: theirs.things.run });
    expect(isError).toBe(true);
    expect(JSON.parse(texts[0]!)).toMatchObject({ status: 404, code: "not-found" });
  });

  test("where a route has a preview, the plan has it: also in production, where a preview is not asked about", async () => {
    const id = await asleep();
    await engine.call("POST", `${mine.at}/mark`, { production: true });
    const filter = { ids: [id] };
    const of = { body: { action: "cancel", filter, canary: 0 } };
    const plan = await said("createBulk", of);
    expect(plan).toMatchObject({
      workspace: { production: true },
      preview: { id: null, count: 1, newest: [id] },
    });
    expect(await statusOf(mine.at, id)).toBe("waiting");
    const { answer } = await said("createBulk", { ...of, confirm: plan.confirm });
    expect(answer).toMatchObject({ id: expect.any(String), count: 1 });
    await waitFor("the bulk's run to end", async () => (await statusOf(mine.at, id)) === "cancelled");
    const unmark = { body: { production: false } };
    const { confirm } = await said("markWorkspace", unmark);
    expect(await said("markWorkspace", { ...unmark, confirm })).toMatchObject({
      answer: { production: false },
    });
  });
});

test("it ends when its client does", async () => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [DURABLE, "mcp"],
    env: { PATH: process.env["PATH"]!, DURABLE_URL: engine.url },
  });
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(transport);
  const pid = transport.pid!;
  await client.close();
  await waitFor("the process to be gone", () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
});
