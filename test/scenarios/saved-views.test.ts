// Searches that people keep under a name, for all who work with a workspace.
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
beforeAll(async () => {
  engine = await startEngine();
  for (const app of ["shop", "bank"]) await engine.call("POST", `/v1/events?app=${app}`, { name: "begin" });
});
afterAll(async () => {
  await expectInvariants(engine.database);
  await engine.stop();
});

const at = (app = "shop") => `/v1/apps/${app}/dev`;
const save = (body: object, app = "shop", headers: Record<string, string> = {}) =>
  engine.call("POST", `${at(app)}/views`, body, headers);
const views = async (app = "shop") => (await engine.call("GET", `${at(app)}/views`)).json.views;
const keyOf = async (scope: string) => {
  const made = (await engine.call("POST", `${at()}/keys`, { scope })).json;
  return { id: made.id, headers: { authorization: `Bearer ${made.key}` } };
};

test("a view is kept as it was saved, and by whom", async () => {
  const search = { status: "failed", limit: 50, live: true, q: 'name:"é"' };
  const key = await keyOf("write");
  const saved = await save({ screen: "runs", name: "  Failed since Monday ", search }, "shop", key.headers);
  expect(saved.status, saved.text).toBe(200);
  expect(saved.json).toEqual({
    id: expect.any(String),
    screen: "runs",
    name: "Failed since Monday",
    search,
    created_by: `api-key ${key.id}`,
    created_at: expect.any(String),
  });
  expect(await views()).toEqual([saved.json]);
  expect(await views("bank")).toEqual([]);
});

test("one of the same name on its screen takes its place; another screen has names of its own", async () => {
  const [before] = await views();
  const again = (await save({ screen: "runs", name: before.name, search: { status: "paused" } })).json;
  expect(again).toMatchObject({ id: before.id, search: { status: "paused" }, created_by: "dev" });
  await save({ screen: "logs", name: before.name, search: {} });
  expect((await views()).map(({ screen }: { screen: string }) => screen)).toEqual(["logs", "runs"]);
  const { audit } = (await engine.call("GET", `${at()}/audit?action=view.save&target=${before.id}`)).json;
  expect(audit).toHaveLength(2);
  expect(JSON.parse(audit[0].detail)).toEqual({ screen: "runs", name: before.name });
});

test("it is deleted once, by whoever may write, and from its own workspace alone", async () => {
  const [view] = await views();
  const remove = (app: string, headers: Record<string, string> = {}) =>
    engine.call("DELETE", `${at(app)}/views/${view.id}`, undefined, headers);
  const reader = await keyOf("read");
  expect((await remove("shop", reader.headers)).status).toBe(403);
  expect((await save({ screen: "runs", name: "x", search: {} }, "shop", reader.headers)).status).toBe(403);
  expect((await remove("bank")).status).toBe(404);
  expect((await remove("shop")).json).toEqual({ id: view.id, state: "deleted" });
  expect((await remove("shop")).status).toBe(404);
  const { audit } = (await engine.call("GET", `${at()}/audit?action=view.delete`)).json;
  expect(audit.map(({ target }: { target: string }) => target)).toEqual([view.id]);
});

test("what is no view is refused, with what is wrong with it", async () => {
  const view = { screen: "runs", name: "n", search: {} };
  const refused: [object, string][] = [
    [{ ...view, name: "" }, "/name"],
    [{ ...view, name: "   " }, "/name"],
    [{ ...view, name: "n".repeat(61) }, "/name"],
    [{ ...view, screen: "Runs" }, "/screen"],
    [{ ...view, screen: "s".repeat(41) }, "/screen"],
    [{ ...view, search: [] }, "/search"],
    [{ ...view, search: { filter: { status: "failed" } } }, "/search/filter"],
    [{ ...view, search: { status: null } }, "/search/status"],
    [{ ...view, search: { q: "é".repeat(2_100) } }, "/search"],
    [{ ...view, more: 1 }, "/more"],
  ];
  for (const [body, pointer] of refused) {
    const { status, json } = await save(body);
    expect([status, json.code, json.errors?.[0].pointer], JSON.stringify(body).slice(0, 80)).toEqual([
      422,
      "validation",
      pointer,
    ]);
  }
});

test("in production nobody is asked twice for it, for nothing that runs changes", async () => {
  await engine.call("POST", `${at("bank")}/mark`, { production: true });
  const saved = await save({ screen: "runs", name: "n", search: {} }, "bank");
  expect(saved.status, saved.text).toBe(200);
  expect((await engine.call("DELETE", `${at("bank")}/views/${saved.json.id}`)).status).toBe(200);
});

test("a hundred are as many as there may be, also when two are saved at once", async () => {
  const have = (await views()).length;
  const added = await Promise.all(
    Array.from({ length: 99 - have }, (_, no) =>
      save({ screen: "runs", name: `view ${no}`, search: { no } }),
    ),
  );
  expect(added.every(({ status }) => status === 200)).toBe(true);
  const { sql } = engine.database;
  const [workspace] = await sql<{ id: number }[]>`select id from durable.workspaces where app = 'shop'`;
  // The last one, slowly: whoever saves another meanwhile waits, and is told that it is one too many.
  const saving = sql
    .unsafe(
      `select durable.save_view(${workspace!.id}, gen_random_uuid(), 'runs', 'the last', '{}', 100, 'test'); select pg_sleep(0.5)`,
    )
    .execute();
  await waitFor("the last one is under way", async () => {
    const rows =
      await sql`select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`;
    return rows.length > 0;
  });
  const refused = await save({ screen: "runs", name: "one more", search: {} });
  await saving;
  expect(refused.json).toMatchObject({ code: "validation", errors: [{ pointer: "/name" }] });
  expect(refused.json.detail).toContain("up to 100 views");
  const all = await views();
  expect(all).toHaveLength(100);
  // One that is there can still be saved anew.
  const kept = await save({ screen: all[0].screen, name: all[0].name, search: { again: true } });
  expect(kept.json).toMatchObject({ id: all[0].id, search: { again: true } });
});

test("a stream that follows views is told of each change", async () => {
  const hangUp = new AbortController();
  const response = await fetch(`${engine.url}${at()}/stream?topics=views`, { signal: hangUp.signal });
  let heard = "";
  const reading = (async () => {
    for await (const chunk of response.body!) heard += Buffer.from(chunk).toString();
  })().catch(() => {});
  await waitFor("it is open", () => heard.includes("event: open"));
  const [view] = await views();
  await engine.call("DELETE", `${at()}/views/${view.id}`);
  await waitFor("it is told", () => heard.includes(`"topic":"views","kind":"view","id":"${view.id}"`));
  hangUp.abort();
  await reading;
});
