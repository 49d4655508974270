// Which workspace an id is in, for links that name none.
import { createFunction } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asAdmin, startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

const quick = createFunction({ id: "quick", trigger: { event: "quick" }, handler: () => 1 });

let engine: Awaited<ReturnType<typeof startEngine>>;
let shop: Awaited<ReturnType<typeof startSdkApp>>;
let bank: Awaited<ReturnType<typeof startSdkApp>>;

beforeAll(async () => {
  engine = await startEngine();
  shop = await startSdkApp(engine, "shop", [quick]);
  bank = await startSdkApp(engine, "bank", [quick]);
});
afterAll(async () => {
  await Promise.all([shop.stop(), bank.stop()]);
  await engine.stop();
});

const find = (id: string, headers: Record<string, string> = {}) =>
  engine.call("GET", `/v1/find?id=${encodeURIComponent(id)}`, undefined, headers);
const keyOf = async (app: string) => {
  const { key } = (await engine.call("POST", `/v1/apps/${app}/dev/keys`, { scope: "read" })).json;
  return { authorization: `Bearer ${key}` };
};

test("a run and an event are found by their ids, whichever workspace has them", async () => {
  const sent = (await engine.call("POST", "/v1/events?app=bank", { name: "quick" })).json;
  const of = { app: "bank", environment: "dev" };
  const { run } = sent.runs[0];
  expect((await find(run)).json).toEqual({ found: [{ kind: "run", ...of, id: run }] });
  expect((await find(sent.ids[0])).json).toEqual({ found: [{ kind: "event", ...of, id: sent.ids[0] }] });
  expect((await find(run.toUpperCase())).json.found).toHaveLength(1);
  expect((await find(run, asAdmin)).json.found).toHaveLength(1);
});

test("a sender's own id may be in several, and is found under it", async () => {
  for (const app of ["shop", "bank"])
    await engine.call("POST", `/v1/events?app=${app}`, { name: "quick", id: "order/7 é" });
  const { found } = (await find("order/7 é")).json;
  expect(found).toEqual([
    { kind: "event", app: "bank", environment: "dev", id: "order/7 é" },
    { kind: "event", app: "shop", environment: "dev", id: "order/7 é" },
  ]);
  // By the one that it was given, too.
  const [row] = await engine.database.sql`
    select e.event_id as id from durable.event_ids e join durable.workspaces w on w.id = e.workspace_id
    where e.client_id = 'order/7 é' and w.app = 'shop'`;
  expect((await find(row!["id"])).json).toEqual({ found: [found[1]] });
});

test("a run that was started by name has the id of its event: both are told, the run first", async () => {
  const { run } = (await engine.call("POST", "/v1/apps/shop/dev/functions/quick/trigger", {})).json;
  const { found } = (await find(run)).json;
  expect(found.map(({ kind, app }: { kind: string; app: string }) => `${kind} ${app}`)).toContain("run shop");
  expect(found[0].kind).toBe("run");
});

test("a key finds its own, and what others have is as unknown to it as what nobody has", async () => {
  const run = await bank.start("quick");
  const key = await keyOf("shop");
  const foreign = await find(run, key);
  const unknown = await find("00000000-0000-7000-8000-000000000000", key);
  expect([foreign.status, foreign.json.code]).toEqual([404, "not-found"]);
  expect({ ...foreign.json, requestId: "" }).toEqual({ ...unknown.json, requestId: "" });
  expect((await find("order/7 é", key)).json.found).toEqual([
    { kind: "event", app: "shop", environment: "dev", id: "order/7 é" },
  ]);
  expect((await find(run, await keyOf("bank"))).json.found).toHaveLength(1);
});

test("what cannot be an id is unknown, and none at all is told", async () => {
  expect((await find("no such")).status).toBe(404);
  expect((await find("\0")).status).toBe(404);
  expect((await find("x".repeat(201))).json.code).toBe("validation");
  expect((await engine.call("GET", "/v1/find")).json).toMatchObject({
    code: "validation",
    errors: [{ pointer: "?id" }],
  });
});
