// The API end to end: a real engine, a real app, real sockets.
import { stepId } from "@durable/protocol/wire";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApiProblem, createApiClient, EngineUnreachable } from "../../engine/src/http/client.ts";
import { Run } from "../../engine/src/http/contract/run.ts";
import { signal } from "../support/signals.ts";
import { startApp } from "./api-app.ts";
import { startEngine } from "./api-engine.ts";

type Engine = Awaited<ReturnType<typeof startEngine>>;
type App = Awaited<ReturnType<typeof startApp>>;

const CHARGE = stepId("", "charge", 0);
const PAUSE = stepId("", "pause", 0);

let engine: Engine;
let app: App;
const held = signal();

beforeAll(async () => {
  engine = await startEngine();
  app = await startApp({
    app: "shop",
    functions: [
      { id: "welcome", triggers: [{ event: "user.created" }] },
      { id: "nap", triggers: [{ event: "nap.wanted" }] },
      { id: "broken", triggers: [{ event: "break.it" }] },
      { id: "held", triggers: [{ event: "hold.it" }] },
    ],
    async answer({ fn, input }) {
      if (fn === "nap") {
        return { status: "continue", ops: [{ op: "sleep", id: PAUSE, name: "pause", n: 0, ms: 3_600_000 }] };
      }
      if (fn === "broken")
        return { status: "error", error: { name: "TypeError", message: "no <b>", retry: false } };
      if (fn === "held") await held.seen;
      return { status: "done", output: input.event.data };
    },
  });
  const synced = await engine.call("POST", "/v1/apps/shop/dev/sync", { url: app.url });
  expect(synced.status, synced.text).toBe(200);
});

afterAll(async () => {
  held.announce();
  await engine.stop();
  await app.stop();
});

async function start(name: string, data: unknown = null): Promise<string> {
  const sent = await engine.call("POST", "/v1/events?app=shop", { name, data });
  expect(sent.status, sent.text).toBe(200);
  return sent.json.runs[0].run as string;
}

const runPath = (id: string) => `/v1/apps/shop/dev/runs/${id}`;

test("an engine does not call itself, not even where it may call this machine", async () => {
  const answer = await engine.call("POST", "/v1/apps/shop/dev/sync", { url: `${engine.url}/api/durable` });
  expect([answer.status, answer.json.code]).toEqual([422, "unsafe-url"]);
  expect(answer.json.detail).toContain("belongs to the engine itself");
});

describe("the result of a run", () => {
  const resultOf = (id: string, waitS: number) => engine.call("GET", `${runPath(id)}/result?wait=${waitS}`);

  test("comes with the end to all who wait and to those who ask later", async () => {
    const sent = await engine.call(
      "POST",
      "/v1/events?app=shop",
      '{"name":"user.created","data":{"price":1.5}}',
      { "content-type": "application/json" },
    );
    const id = sent.json.runs[0].run as string;
    const answers = await Promise.all([resultOf(id, 10), resultOf(id, 10)]);
    for (const answer of [...answers, await resultOf(id, 0), await resultOf(id, 10)]) {
      expect(answer.text).toBe(
        `{"id":"${id}","status":"completed","output":{"price":1.5},"failure":null,"state":null}`,
      );
    }
  });

  test("comes with the answer to the event that started it, if the sender waits", async () => {
    const send = (name: string, waitS: number) =>
      engine.call("POST", `/v1/events?app=shop&wait=${waitS}`, { name, data: "kept" });
    const both = (await send("user.created", 10)).json;
    expect(both.runs).toEqual([
      {
        event: both.ids[0],
        function: "welcome",
        run: expect.any(String),
        status: "completed",
        output: "kept",
        failure: null,
        state: null,
      },
    ]);
    expect((await send("nap.wanted", 0.3)).json.runs[0]).toMatchObject({ status: "waiting", output: null });
    expect((await send("nobody.listens", 10)).json.runs).toEqual([]);
    expect((await send("user.created", 61)).status).toBe(422);
  });

  test("says why it failed", async () => {
    const answer = await resultOf(await start("break.it"), 10);
    expect(answer.json).toMatchObject({ status: "failed", output: null, failure: { message: "no <b>" } });
  });

  test("of a run that goes on is where it is when the time is over", async () => {
    const answer = await resultOf(await start("nap.wanted"), 0.3);
    expect(answer.json).toMatchObject({ status: "waiting", output: null, failure: null });
  });

  test("of a run that is cancelled is told to those who wait", async () => {
    const id = await start("nap.wanted");
    const waiting = resultOf(id, 60);
    await engine.call("POST", `${runPath(id)}/cancel`, {});
    expect((await waiting).json.status).toBe("cancelled");
  });

  test("is nobody else's: an unknown id, and a run of another workspace, are not found", async () => {
    const id = await start("hold.it", "kept");
    await engine.call("POST", "/v1/events?app=other", { name: "nothing" });
    for (const path of [`${runPath(crypto.randomUUID())}`, `/v1/apps/other/dev/runs/${id}`]) {
      expect((await engine.call("GET", `${path}/result?wait=5`)).status, path).toBe(404);
    }
  });
});

describe("one run", () => {
  test("is shown with its event and its end, byte for byte, as its schema says", async () => {
    const sent = await engine.call(
      "POST",
      "/v1/events?app=shop",
      '{"name":"user.created","data":{"b":1.0,"a":"é"}}',
    );
    const run = await engine.call("GET", `${runPath(sent.json.runs[0].run)}?wait=10`);
    expect(run.status, run.text).toBe(200);
    expect(run.json).toMatchObject({ status: "completed", function: "welcome", function_version: 1 });
    expect(run.json.why).toMatch(/^It completed at 20/);
    expect(run.text).toContain('"data":{"b":1.0,"a":"é"}');
    Run.parse(run.json);
  });

  test("says why it waits, and its step until when", async () => {
    const id = await start("nap.wanted");
    const run = await engine.call("GET", `${runPath(id)}?wait=0.3`);
    expect(run.json).toMatchObject({ status: "waiting", ended_at: null, live: { engine: null } });
    expect(run.json.why).toMatch(/^It waits: "pause" sleeps until 20\d\d-/);
    expect(run.json.steps).toMatchObject([
      { id: PAUSE, op: "sleep", status: "pending", seq: null, attempts: [] },
    ]);
    Run.parse(run.json);
  });

  test("says what failed", async () => {
    const id = await start("break.it");
    const run = await engine.call("GET", `${runPath(id)}?wait=10`);
    expect(run.json).toMatchObject({
      status: "failed",
      failure: { name: "TypeError", message: "no <b>" },
      output: null,
    });
    expect(run.json.why).toContain("TypeError: no <b>");
    Run.parse(run.json);
  });

  test("a long poll ends with the run, not with its time", async () => {
    const id = await start("hold.it", "kept");
    const waiting = engine.call("GET", `${runPath(id)}?wait=60`);
    const running = await engine.call("GET", runPath(id));
    expect(running.json.why).toMatch(/^Engine \d+ \(process \d+ on .+\) is calling the app\.$/);
    held.announce();
    expect((await waiting).json).toMatchObject({ status: "completed", output: "kept" });
  });

  test("a long poll notices a run that another process ended", async () => {
    const id = await start("nap.wanted");
    await engine.call("GET", `${runPath(id)}?wait=0.2`);
    const waiting = engine.call("GET", `${runPath(id)}?wait=60`);
    await engine.database.sql`select durable.cancel_run(
      (select id from durable.workspaces where app = 'shop' and environment = 'dev'), ${id}, 'elsewhere', 'a test')`;
    const { json } = await waiting;
    expect(json).toMatchObject({ status: "cancelled", cancelled: { by: "elsewhere", reason: "a test" } });
    expect(json.why).toMatch(/by elsewhere \(a test\)\.$/);
  });
});

describe("cancel", () => {
  test("is final, may be repeated, and is noted", async () => {
    const id = await start("nap.wanted");
    const cancelled = await engine.call("POST", `${runPath(id)}/cancel`, { reason: "wrong order" });
    expect(cancelled.json).toEqual({ id, status: "cancelled" });
    expect((await engine.call("POST", `${runPath(id)}/cancel`)).status).toBe(200);
    expect((await engine.call("GET", runPath(id))).json).toMatchObject({
      status: "cancelled",
      cancelled: { by: "dev", reason: "wrong order" },
    });
  });

  test("comes too late for a run that has ended", async () => {
    const id = await start("user.created");
    await engine.call("GET", `${runPath(id)}?wait=10`);
    const late = await engine.call("POST", `${runPath(id)}/cancel`);
    expect(late.json).toMatchObject({ status: 409, code: "run-terminal" });
  });

  test("does not reach into another workspace", async () => {
    const id = await start("nap.wanted");
    await engine.call("POST", "/v1/events?app=other", { name: "a" });
    const unknown = await engine.call(
      "POST",
      "/v1/apps/other/dev/runs/00000000-0000-7000-8000-000000000000/cancel",
    );
    const foreign = await engine.call("POST", `/v1/apps/other/dev/runs/${id}/cancel`);
    expect(foreign.status).toBe(404);
    expect({ ...foreign.json, requestId: 0 }).toEqual({ ...unknown.json, requestId: 0 });
    expect((await engine.call("GET", `/v1/apps/other/dev/runs/${id}`)).status).toBe(404);
    expect((await engine.call("GET", runPath(id))).json.status).not.toBe("cancelled");
  });
});

test("runs are listed newest first, page by page, by status and function", async () => {
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) ids.push(await start("break.it"));
  for (const id of ids) await engine.call("GET", `${runPath(id)}?wait=10`);
  // An id begins with its time. Of two runs within a millisecond, or where the engine's clock was just set by that of the
  // database, either may be the newer.
  ids.sort().reverse();
  const list = (query: string) => engine.call("GET", `/v1/apps/shop/dev/runs?${query}`);
  const first = await list("function=broken&limit=2");
  expect(first.json.runs.map((run: { id: string }) => run.id)).toEqual(ids.slice(0, 2));
  const second = await list(`function=broken&limit=2&cursor=${first.json.next}`);
  expect(second.json.runs.map((run: { id: string }) => run.id)).toEqual(ids.slice(2, 4));
  expect(
    (await list("status=waiting")).json.runs.every((run: { status: string }) => run.status === "waiting"),
  ).toBe(true);
  const failed = await list("status=failed&limit=200");
  expect(failed.json.runs.length).toBeGreaterThanOrEqual(5);
  expect(failed.json.next).toBeNull();
});

test("a second sync says what changed, and only that raises versions", async () => {
  const other = await startApp({
    app: "syncs",
    functions: [
      { id: "a", triggers: [] },
      { id: "b", triggers: [] },
    ],
  });
  const sync = () => engine.call("POST", "/v1/apps/syncs/dev/sync", {});
  const first = await engine.call("POST", "/v1/apps/syncs/dev/sync", { url: other.url });
  expect(first.json).toMatchObject({ added: [{ id: "a" }, { id: "b" }], sdk: "test/1", url: other.url });
  expect((await sync()).json).toMatchObject({
    added: [],
    unchanged: [
      { id: "a", version: 1 },
      { id: "b", version: 1 },
    ],
  });
  other.functions.splice(0, 2, { id: "b", triggers: [{ event: "x" }] }, { id: "c", triggers: [] });
  expect((await sync()).json).toMatchObject({
    added: [{ id: "c", version: 1 }],
    changed: [{ id: "b", version: 2 }],
    removed: [{ id: "a", version: 1 }],
    unchanged: [],
  });
  other.functions.unshift({ id: "a", triggers: [] });
  expect((await sync()).json.added).toEqual([{ id: "a", version: 1 }]);
  const { functions } = (await engine.call("GET", "/v1/apps/syncs/dev/functions")).json;
  expect(functions).toMatchObject([
    { id: "a", removed_at: null },
    { id: "b", version: 2, manifest: { triggers: [{ event: "x" }] } },
    { id: "c" },
  ]);
  const [row] = await engine.database.sql<{ syncs: number; version: number; versions: number }[]>`
    select (select count(*)::int from durable.audit a where a.workspace_id = w.id and a.action = 'app.sync') as syncs,
      w.registry_version as version,
      (select count(*)::int from durable.function_versions v where v.workspace_id = w.id) as versions
    from durable.workspaces w where w.app = 'syncs'`;
  expect(row).toEqual({ syncs: 3, version: 3, versions: 4 });
  await other.stop();
});

test("a failed sync leaves what was synced before", async () => {
  const other = await startApp({ app: "named-otherwise", functions: [] });
  const failed = await engine.call("POST", "/v1/apps/shop/dev/sync", { url: other.url });
  expect(failed.json).toMatchObject({
    status: 422,
    code: "inspect-failed",
    detail: expect.stringContaining("named-otherwise"),
  });
  const { apps } = (await engine.call("GET", "/v1/apps")).json;
  expect(apps.find((each: { app: string }) => each.app === "shop").endpoint.url).toBe(app.url);
  await other.stop();
});

describe("CloudEvents", () => {
  const cloudEvent = {
    specversion: "1.0",
    id: "1",
    source: "/orders",
    type: "user.created",
    time: "2026-10-21T11:00:00+02:00",
    data: { n: 1 },
  };
  const type = (name: string) => ({ "content-type": `application/${name}` });

  test("structured", async () => {
    const sent = await engine.call("POST", "/v1/events?app=shop", cloudEvent, type("cloudevents+json"));
    expect(sent.json).toMatchObject({ ids: ["/orders#1"], runs: [{ function: "welcome" }] });
    const run = await engine.call("GET", `${runPath(sent.json.runs[0].run)}?wait=10`);
    expect(run.json.event).toMatchObject({
      name: "user.created",
      time: "2026-10-21T09:00:00.000Z",
      data: { n: 1 },
    });
    const again = await engine.call(
      "POST",
      "/v1/events?app=shop",
      cloudEvent,
      type("cloudevents+json; charset=utf-8"),
    );
    expect(again.json).toEqual({ ids: ["/orders#1"], runs: [] });
  });

  test("in batches, told apart by source and id", async () => {
    const batch = [
      { ...cloudEvent, id: "2" },
      { ...cloudEvent, id: "2", source: "/invoices" },
    ];
    const sent = await engine.call("POST", "/v1/events?app=shop", batch, type("cloudevents-batch+json"));
    expect(sent.json.ids).toEqual(["/orders#2", "/invoices#2"]);
    const empty = await engine.call("POST", "/v1/events?app=shop", [], type("cloudevents-batch+json"));
    expect(empty.json).toEqual({ ids: [], runs: [] });
  });

  test("wrong ones are refused", async () => {
    for (const [body, content] of [
      [{ ...cloudEvent, specversion: "0.3" }, "cloudevents+json"],
      [{ ...cloudEvent, source: undefined }, "cloudevents+json"],
      [{ ...cloudEvent, data: undefined, data_base64: "AA==" }, "cloudevents+json"],
      [{ name: "user.created" }, "cloudevents+json"],
      [[cloudEvent], "cloudevents+json"],
      [cloudEvent, "cloudevents-batch+json"],
    ] as const) {
      const answer = await engine.call("POST", "/v1/events?app=shop", body, type(content));
      expect(answer.json).toMatchObject({ status: 422, code: "validation" });
    }
  });
});

describe("the typed client", () => {
  test("speaks the table", async () => {
    const api = createApiClient({ url: `${engine.url}/` });
    expect(await api.health()).toEqual({ status: "up" });
    const sent = await api.sendEvents({ query: { app: "shop" }, body: { name: "user.created", data: [1] } });
    const run = await api.getRun({
      params: { app: "shop", env: "dev", id: sent.runs[0]!.run },
      query: { wait: 10 },
    });
    expect(run.output).toEqual([1]);
    const missing = api.getRun({ params: { app: "shop", env: "dev", id: "nothing" } });
    await expect(missing).rejects.toThrow(ApiProblem);
    await expect(missing).rejects.toMatchObject({ status: 404, code: "not-found" });
    await api.close();
  });

  test("says when there is no engine", async () => {
    const api = createApiClient({ url: "http://127.0.0.1:1" });
    await expect(api.ready()).rejects.toThrow(EngineUnreachable);
    await api.close();
  });
});

test("every answer forbids to be kept, framed and sniffed, and has an id", async () => {
  for (const path of ["/healthz", "/v1/nothing", "/v1/apps", "/v1/openapi.json"]) {
    const { headers } = await engine.call("GET", path);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
});

test("step results are shown with their times", async () => {
  const steps = await startApp({
    app: "steps",
    functions: [{ id: "pay", triggers: [{ event: "pay" }] }],
    answer: ({ memo }) =>
      memo.length > 0
        ? { status: "done", output: memo[0]!.v }
        : {
            status: "continue",
            ops: [{ op: "run", id: CHARGE, name: "charge", n: 0, st: "ok", v: { charge: "ch_1" }, ms: 3 }],
          },
  });
  await engine.call("POST", "/v1/apps/steps/dev/sync", { url: steps.url });
  const sent = await engine.call("POST", "/v1/events?app=steps", { name: "pay" });
  const run = await engine.call("GET", `/v1/apps/steps/dev/runs/${sent.json.runs[0].run}?wait=10`);
  expect(run.json, run.text).toMatchObject({
    status: "completed",
    output: { charge: "ch_1" },
    steps: [
      {
        name: "charge",
        status: "ok",
        seq: 1,
        value: { charge: "ch_1" },
        sent_at: expect.stringMatching(/^20/),
      },
    ],
  });
  Run.parse(run.json);
  await steps.stop();
});
