// What the engine learnt of an app, and when; and what kept it from learning.
import type { RequestListener } from "node:http";
import { createFunction, type DurableFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

interface Sync {
  readonly id: string;
  readonly outcome: string;
  readonly url: string | null;
  readonly by: string;
  readonly deployment: string | null;
  readonly problem: { code: string; title: string; detail: string; fix: string } | null;
  readonly count: number;
  readonly at: string;
  readonly seen_at: string;
  readonly resolved_at: string | null;
  readonly functions: { id: string; change: string; from: number | null; to: number | null }[];
}

const fn = (id: string, event: string) => createFunction({ id, trigger: { event }, handler: () => id });
const served = (functions: readonly DurableFunction[], deployment = "d1") =>
  serve({ app: "shop", functions, deployment });

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
/** What the app is at the moment. */
let route: RequestListener = served([fn("pays", "order"), fn("ships", "order")]);

beforeAll(async () => {
  engine = await startEngine();
  app = await startSdkApp(engine, "shop", [], (request, response) => route(request, response));
});
afterAll(async () => {
  await expectInvariants(engine.database);
  await app.stop();
  await engine.stop();
});

const at = "/v1/apps/shop/dev";
const sync = (url = app.url, headers: Record<string, string> = {}) =>
  engine.call("POST", `${at}/sync`, { url }, headers);
const page = async (query = "") =>
  (await engine.call("GET", `${at}/syncs${query}`)).json as { syncs: Sync[]; next: string | null };
const newest = async () => (await page("?limit=1")).syncs[0]!;

test("the first one has added all there is", async () => {
  const { syncs, next } = await page();
  expect(next).toBe(null);
  expect(syncs).toEqual([
    {
      id: expect.any(String),
      outcome: "applied",
      url: app.url,
      by: "dev",
      sdk: expect.any(String),
      deployment: "d1",
      problem: null,
      count: 1,
      at: expect.any(String),
      seen_at: syncs[0]!.at,
      resolved_at: null,
      functions: [
        { id: "pays", change: "added", from: null, to: 1 },
        { id: "ships", change: "added", from: null, to: 1 },
      ],
    },
  ]);
});

test("one that changes nothing is counted, and not kept anew", async () => {
  const before = await newest();
  const { key } = (await engine.call("POST", `${at}/keys`, { scope: "write" })).json;
  await sync();
  await sync(app.url, { authorization: `Bearer ${key}` });
  const { syncs } = await page();
  expect(syncs).toHaveLength(1);
  expect(syncs[0]).toMatchObject({ id: before.id, count: 3, at: before.at, functions: before.functions });
  expect(syncs[0]!.by).toMatch(/^api-key \d+$/);
  expect(Date.parse(syncs[0]!.seen_at)).toBeGreaterThan(Date.parse(before.seen_at));
});

test("one that changes something says what, and its page what each function declared before and since", async () => {
  route = served([fn("pays", "order.placed"), fn("thanks", "order")], "d2");
  await sync();
  const kept = await newest();
  expect(kept).toMatchObject({
    deployment: "d2",
    count: 1,
    functions: [
      { id: "pays", change: "changed", from: 1, to: 2 },
      { id: "ships", change: "removed", from: 1, to: null },
      { id: "thanks", change: "added", from: null, to: 1 },
    ],
  });
  const { json, status, text } = await engine.call("GET", `${at}/syncs/${kept.id}`);
  expect(status, text).toBe(200);
  const [pays, ships, thanks] = json.functions;
  expect([pays.old.triggers, pays.new.triggers]).toEqual([[{ event: "order" }], [{ event: "order.placed" }]]);
  expect([ships.old.id, ships.new]).toEqual(["ships", null]);
  expect([thanks.old, thanks.new.id]).toEqual([null, "thanks"]);
  expect({ ...json, functions: null }).toEqual({ ...kept, functions: null });
});

test("a function that is back, and one whose deployment alone is another", async () => {
  route = served([fn("pays", "order.placed"), fn("ships", "order")], "d2");
  await sync();
  expect((await newest()).functions).toEqual([
    { id: "ships", change: "added", from: null, to: 1 },
    { id: "thanks", change: "removed", from: 1, to: null },
  ]);
  route = served([fn("pays", "order.placed"), fn("ships", "order")], "d3");
  await sync();
  expect(await newest()).toMatchObject({ deployment: "d3", functions: [], count: 1 });
});

test("one that failed says why and what to do, is counted while it is the same, and is over when the app is understood", async () => {
  const own = route;
  route = (_, response) => response.writeHead(500).end("the shelf is empty");
  for (let no = 0; no < 3; no += 1) expect((await sync()).json.code).toBe("inspect-failed");
  const failed = await newest();
  expect(failed).toMatchObject({
    outcome: "failed",
    url: app.url,
    by: "dev",
    sdk: null,
    count: 3,
    resolved_at: null,
    functions: [],
    problem: { code: "inspect-failed", title: expect.any(String), fix: expect.any(String) },
  });
  expect(failed.problem!.detail).toContain("500");

  route = own;
  expect((await sync()).status).toBe(200);
  const { syncs } = await page();
  expect(syncs[0]).toMatchObject({ id: failed.id, count: 3, resolved_at: expect.any(String) });
  expect(syncs[1]).toMatchObject({ outcome: "applied", deployment: "d3", count: 2 });

  route = (_, response) => response.writeHead(500).end("the shelf is empty");
  await sync();
  expect(await newest()).toMatchObject({ id: failed.id, count: 4, resolved_at: null });
  route = (_, response) => response.writeHead(404).end();
  await sync();
  expect(await newest()).toMatchObject({ outcome: "failed", count: 1 });
  expect((await newest()).id).not.toBe(failed.id);
  route = own;
  await sync();
  expect((await page("?outcome=failed")).syncs.every(({ resolved_at }) => resolved_at !== null)).toBe(true);
});

test("what the app serves and cannot be used is one that failed", async () => {
  const own = route;
  route = served([
    createFunction({ id: "pays", trigger: { event: "order", if: "event.data.n >" }, handler: () => 1 }),
  ]);
  expect((await sync()).json.code).toBe("inspect-failed");
  expect((await newest()).problem!.detail).toContain('function "pays"');
  route = own;
});

test("a password in a URL is not kept, and what names no URL at all is no sync", async () => {
  const refused = await sync("https://me:hush@shop.example.com/api/durable");
  expect(refused.json.code).toBe("unsafe-url");
  const { text } = await engine.call("GET", `${at}/syncs`);
  expect(text).not.toContain("hush");
  expect(await newest()).toMatchObject({ url: null, problem: { code: "unsafe-url" } });
  expect(engine.logged.join("")).not.toContain("hush");

  await engine.call("POST", "/v1/events?app=empty", { name: "begin" });
  expect((await engine.call("POST", "/v1/apps/empty/dev/sync", {})).json.code).toBe("validation");
  expect((await engine.call("GET", "/v1/apps/empty/dev/syncs")).json).toEqual({ syncs: [], next: null });
});

test("an app without functions is one, too", async () => {
  const none = await startSdkApp(engine, "none", [], serve({ app: "none", functions: [] }));
  const { syncs } = (await engine.call("GET", "/v1/apps/none/dev/syncs")).json;
  expect(syncs).toMatchObject([{ outcome: "applied", functions: [], count: 1 }]);
  await none.stop();
});

test("pages have each once, of any outcome and of one; another workspace's are unknown", async () => {
  const all = (await page("?limit=100")).syncs;
  expect(all.length).toBeGreaterThan(5);
  for (const [query, expected] of [
    ["", all],
    ["&outcome=failed", all.filter(({ outcome }) => outcome === "failed")],
  ] as const) {
    const ids: string[] = [];
    for (let cursor = ""; ; ) {
      const { syncs, next } = await page(`?limit=2${query}${cursor}`);
      ids.push(...syncs.map(({ id }) => id));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    expect(ids).toEqual(expected.map(({ id }) => id));
  }
  expect((await engine.call("GET", `/v1/apps/none/dev/syncs/${all[0]!.id}`)).status).toBe(404);
  expect((await engine.call("GET", `${at}/syncs/nonsense`)).status).toBe(404);
});

test("the last 200 that failed and the last 1,000 that did not are kept", async () => {
  const { sql } = engine.database;
  const [workspace] = await sql`select id from durable.workspaces where app = 'empty'`;
  await sql`select durable.note_failed_sync(${workspace!["id"]}::int, 'test', 'http://x/', 'inspect-failed', 'no ' || n)
    from generate_series(1, 205) as n`;
  await sql`select durable.note_sync(${workspace!["id"]}::int, 'test', 'http://x/', 'ts', null, 'digest ' || n, '{}', '{}', '{}')
    from generate_series(1, 1003) as n`;
  const kept = await sql<{ outcome: string; count: number; said: string }[]>`
    select outcome, count(*)::int as count, (array_agg(coalesce(detail, manifest_digest) order by id))[1] as said
    from durable.syncs where workspace_id = ${workspace!["id"]} group by 1 order by 1`;
  expect(kept).toEqual([
    { outcome: "applied", count: 1_000, said: "digest 4" },
    { outcome: "failed", count: 200, said: "no 6" },
  ]);
});
