// The pages: what they show, to whom, and that nothing an app or a sender wrote becomes markup.
import { stepId } from "@durable/protocol/wire";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApp } from "./api-app.ts";
import { ADMIN_TOKEN, asAdmin, startEngine } from "./api-engine.ts";

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

test("an unknown run is a page with a sentence", async () => {
  const page = await engine.call("GET", "/runs/shop/dev/nothing");
  expect(page.status).toBe(404);
  expect(page.text).toContain("There is no such thing here");
  expect((await engine.call("POST", "/")).status).toBe(405);
});

test("in production pages ask for the admin token, and the API does not take it that way", async () => {
  const production = await startEngine({ mode: "production" });
  const status = async (path: string, authorization?: string) => {
    const answer = await request(production.url + path, { headers: authorization ? { authorization } : {} });
    await answer.body.dump();
    return answer;
  };
  const basic = (password: string) => `Basic ${btoa(`me:${password}`)}`;
  const without = await status("/");
  expect(without.statusCode).toBe(401);
  expect(without.headers["www-authenticate"]).toMatch(/^Basic /);
  expect((await status("/", basic("wrong"))).statusCode).toBe(401);
  expect((await status("/", basic(ADMIN_TOKEN))).statusCode).toBe(200);
  expect((await status("/v1/apps", basic(ADMIN_TOKEN))).statusCode).toBe(401);
  expect((await status("/v1/apps", asAdmin.authorization)).statusCode).toBe(200);
  await production.stop();
});
