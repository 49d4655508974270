// The pages: what they show, to whom, and that nothing an app or a sender wrote becomes markup.
import { stepId } from "@durable/protocol/wire";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Row } from "../../engine/src/http/contract/row.ts";
import { TABLE } from "../../engine/src/http/contract/table.ts";
import { startApp } from "./api-app.ts";
import { ADMIN_TOKEN, startEngine } from "./api-engine.ts";

type Engine = Awaited<ReturnType<typeof startEngine>>;
type App = Awaited<ReturnType<typeof startApp>>;

const HOSTILE = `<script>alert("1")</script>'"&`;
let engine: Engine;
let app: App;

beforeAll(async () => {
  engine = await startEngine();
  app = await startApp({
    app: "shop",
    functions: [
      { id: "pay", triggers: [{ event: "pay" }] },
      { id: "picky", triggers: [{ event: "pick" }], input: { enum: [HOSTILE] } },
    ],
    answer: ({ memo, input }) => {
      if (input.event.data === "fail")
        return { status: "error", error: { name: "E", message: HOSTILE, retry: false } };
      const ran = { op: "run", id: stepId("", HOSTILE, 0), name: HOSTILE, n: 0, st: "ok", v: HOSTILE };
      if (memo.length === 0) return { status: "continue", ops: [ran] };
      const sleep = { op: "sleep", id: stepId("", "rest", 0), name: "rest", n: 0, ms: 3_600_000 };
      return { status: "continue", ops: memo.length === 1 ? [sleep] : [] };
    },
  });
});

afterAll(async () => {
  await engine.stop();
  await app.stop();
});

async function start(data: unknown): Promise<string> {
  const sent = await engine.call("POST", "/v1/events?app=shop", { name: "pay", data });
  return sent.json.runs[0].run as string;
}

test("an engine without apps says how to begin", async () => {
  const page = await engine.call("GET", "/");
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(page.text).toContain("There is no app yet");
});

test("events that started nothing, with the reason", async () => {
  await engine.call("POST", "/v1/apps/shop/dev/sync", { url: app.url });
  await engine.call("POST", "/v1/events?app=shop", { name: "pick", data: 1, id: "no-fit" });
  const home = await engine.call("GET", "/");
  expect(home.text).toMatch(
    /picky <span class="faint">on pick no-fit, .*does not fit the input of &quot;picky&quot;/s,
  );
  expect(home.text).not.toContain("<script");
});

test("workspaces with their latest runs, and one run with its steps", async () => {
  await engine.call("POST", "/v1/apps/shop/dev/sync", { url: app.url });
  const id = await start(HOSTILE);
  await engine.call("GET", `/v1/apps/shop/dev/runs/${id}?wait=0.5`);
  const home = await engine.call("GET", "/");
  expect(home.text).toContain(`href="/runs/shop/dev/${id}"`);
  const page = await engine.call("GET", `/runs/shop/dev/${id}`);
  expect(page.status).toBe(200);
  expect(page.text).toContain("&quot;rest&quot; sleeps until");
  expect(page.text).toContain('<meta http-equiv="refresh"');
  expect(page.text.match(/<svg class="bar"/g)).toHaveLength(2);
  expect(page.text).not.toContain("<script");
});

test("a failed run shows its failure and does not load itself again", async () => {
  const id = await start("fail");
  await engine.call("GET", `/v1/apps/shop/dev/runs/${id}?wait=10`);
  const page = await engine.call("GET", `/runs/shop/dev/${id}`);
  expect(page.text).toContain("E: &lt;script&gt;");
  expect(page.text).not.toContain("<script");
  expect(page.text).not.toContain("http-equiv");
});

test("no script, no style and no frame is allowed in", async () => {
  for (const path of ["/", "/runs/shop/dev/nothing"]) {
    const { headers, text } = await engine.call("GET", path);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'self'; /);
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(text).not.toMatch(/ style=| on\w+=/);
  }
  expect((await engine.call("GET", "/page.css")).headers.get("content-type")).toBe("text/css; charset=utf-8");
  expect((await engine.call("GET", "/icon.svg")).status).toBe(200);
});

test("the API is described on a page of its own, whole, with nothing from elsewhere", async () => {
  const page = await engine.call("GET", "/api/docs");
  expect(page.status).toBe(200);
  for (const [name, { path }] of Object.entries<Row>(TABLE)) {
    expect(page.text).toContain(`id="${name}"`);
    expect(page.text).toContain(`<code>${path}</code>`);
  }
  expect(page.text).not.toMatch(/<script|https?:/);
});

test("an unknown run is a page with a sentence", async () => {
  const page = await engine.call("GET", "/runs/shop/dev/nothing");
  expect(page.status).toBe(404);
  expect(page.text).toContain("There is no such thing here");
  expect((await engine.call("POST", "/")).status).toBe(405);
});

test("the head of a page is red where the workspace is marked production, whatever its name is", async () => {
  const run = await start("red");
  const head = async () =>
    /<header class="(.*?)">/.exec((await engine.call("GET", `/runs/shop/dev/${run}`)).text)![1];
  expect(await head()).toBe("");
  const mark = (isProduction: boolean) =>
    engine.database
      .sql`update durable.workspaces set production = ${isProduction} where app = 'shop' and environment = 'dev'`;
  await mark(true);
  await expect.poll(head, { timeout: 10_000 }).toBe("production");
  await mark(false);
  await expect.poll(head, { timeout: 10_000 }).toBe("");
});

describe("in production", () => {
  let production: Engine;
  beforeAll(async () => {
    production = await startEngine({ mode: "production" });
  });
  afterAll(() => production.stop());

  async function visit(path: string, headers: Record<string, string> = {}, body?: string) {
    const answer = await request(production.url + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { ...(body === undefined ? {} : { origin: production.url }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }
  const form = (members: Record<string, string>) => new URLSearchParams(members).toString();

  async function login(headers: Record<string, string> = {}): Promise<string> {
    const answer = await visit("/login", headers, form({ token: ADMIN_TOKEN, next: "/runs" }));
    expect([answer.status, answer.headers["location"]]).toEqual([303, "/runs"]);
    return String(answer.headers["set-cookie"]);
  }

  test("pages lead to the login, and show themselves to who has logged in, until they log out", async () => {
    const without = await visit("/");
    expect([without.status, without.headers["location"]]).toEqual([303, "/login?next=%2F"]);
    const wrong = await visit("/login", {}, form({ token: "wrong" }));
    expect([wrong.status, wrong.headers["set-cookie"]]).toEqual([401, undefined]);
    expect(wrong.text).toContain("not the admin token");
    const cookie = await login();
    expect(cookie).toMatch(/^durable-loopback=.*; HttpOnly; SameSite=Strict$/);
    const held = cookie.split(";")[0]!;
    expect((await visit("/", { cookie: held })).status).toBe(200);
    expect((await visit("/", { cookie: `${held}x` })).status).toBe(303);
    expect((await visit("/", { cookie: `durable-loopback=9999999999.${"A".repeat(43)}` })).status).toBe(303);
    const out = await visit("/logout", { cookie: held }, "");
    expect(out.headers["set-cookie"]).toMatch(/^durable-loopback=; .*Max-Age=0/);
  });

  test("elsewhere the cookie is one that browsers keep over https alone, and a plain one is not taken", async () => {
    const cookie = await login({ host: "durable.example.com", origin: "https://durable.example.com" });
    expect(cookie).toMatch(/^__Host-durable=.*; Path=\/; .*HttpOnly; SameSite=Strict; Secure$/);
    expect(cookie).not.toContain("Domain");
    const value = cookie.split(";")[0]!.split("=")[1];
    const host = "durable.example.com";
    expect((await visit("/", { host, cookie: `__Host-durable=${value}` })).status).toBe(200);
    expect((await visit("/", { host, cookie: `durable-loopback=${value}` })).status).toBe(303);
  });

  test("a form of another page logs nobody in, and leads nobody away", async () => {
    const body = form({ token: ADMIN_TOKEN });
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "same-site" },
    ])
      expect((await visit("/login", headers, body)).status).toBe(403);
    for (const next of ["https://evil.example", "//evil.example", "/\\evil.example", "x"])
      expect((await visit("/login", {}, form({ token: ADMIN_TOKEN, next }))).headers["location"]).toBe("/");
  });

  test("the cookie reads the API, and changes it from a page of this engine alone", async () => {
    const cookie = (await login()).split(";")[0]!;
    expect((await visit("/v1/apps", { cookie })).status).toBe(200);
    const change = (headers: Record<string, string>) =>
      visit(
        "/v1/apps/shop/live/keys",
        { cookie, "content-type": "application/json", ...headers },
        '{"scope":"send"}',
      );
    const page = { "durable-page": "1" };
    expect((await change({})).status).toBe(403);
    expect((await change({ ...page, origin: "http://localhost:3000" })).status).toBe(403);
    expect((await change({ ...page, "sec-fetch-site": "same-site" })).status).toBe(403);
    expect((await change({ ...page, "sec-fetch-site": "same-origin" })).status).toBe(201);
  });

  test("who guesses is slowed down", async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 30; n++)
      statuses.push((await visit("/login", {}, form({ token: `guess ${n}` }))).status);
    expect(statuses.at(-1)).toBe(429);
    expect(production.logged.join("")).toContain("a login was refused");
    expect(production.logged.join("")).not.toContain("guess");
  });
});
