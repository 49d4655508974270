// Who may do what, in production: tokens, keys and signatures, their rotation, and the wall between workspaces.
import { DEV_SECRET, parseSecret, replyKeyOf } from "@durable/protocol/wire";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signedHeaders } from "../support/signed-headers.ts";
import { startApp } from "./api-app.ts";
import { ADMIN_TOKEN, asAdmin, startEngine } from "./api-engine.ts";

type Engine = Awaited<ReturnType<typeof startEngine>>;

let engine: Engine;
let secret: string;

beforeAll(async () => {
  engine = await startEngine({ mode: "production" });
  const created = await engine.call("POST", "/v1/apps/shop/live/signing-secrets", {}, asAdmin);
  secret = created.json.secret;
});

afterAll(() => engine.stop());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const nowS = () => Math.floor(Date.now() / 1000);

function signed(
  body: string,
  options: { secret?: string; id?: string; timestampS?: number; isReply?: boolean } = {},
) {
  const { id = "snd_1", timestampS = nowS(), isReply = true } = options;
  const key = parseSecret(options.secret ?? secret);
  return {
    "content-type": "application/json",
    ...signedHeaders(body, { key: isReply ? replyKeyOf(key) : key, id, timestampS }),
  };
}

const event = JSON.stringify({ name: "user.created" });
const SHOP = "/v1/events?app=shop&env=live";

describe("without a credential", () => {
  test.each([
    ["POST", SHOP],
    ["GET", "/v1/apps"],
    ["GET", "/v1/apps/shop/live/runs"],
    ["POST", "/v1/apps/shop/live/sync"],
    ["POST", "/v1/apps/shop/live/keys"],
  ])("%s %s is refused", async (method, path) => {
    const answer = await engine.call(method, path, method === "POST" ? event : undefined);
    expect(answer.json).toMatchObject({ status: 401, code: "unauthenticated" });
    expect(answer.headers.get("www-authenticate")).toContain("Bearer");
  });

  test("health, readiness and the document are open, and say nothing about workspaces", async () => {
    expect((await engine.call("GET", "/healthz")).json).toEqual({ status: "up" });
    expect((await engine.call("GET", "/readyz")).json).toEqual({ status: "ready" });
    expect((await engine.call("GET", "/v1/openapi.json")).json.openapi).toBe("3.1.0");
  });

  test("a stranger's large body is not read", async () => {
    const answer = await engine.call("POST", SHOP, "x".repeat(100_000));
    expect(answer.status).toBe(401);
  });
});

test.each([
  "",
  "Bearer",
  "Bearer ",
  "Basic YTpi",
  `Bearer ${ADMIN_TOKEN}x`,
  `Bearer ${ADMIN_TOKEN.slice(1)}`,
  "Bearer evk_",
  `${ADMIN_TOKEN}`,
])("the authorization %j is refused", async (authorization) => {
  expect((await engine.call("GET", "/v1/apps", undefined, { authorization })).status).toBe(401);
});

describe("an event key", () => {
  test("sends to its own workspace and does nothing else", async () => {
    const { key, prefix, id } = (
      await engine.call("POST", "/v1/apps/shop/live/keys", { scope: "send" }, asAdmin)
    ).json;
    expect(key).toMatch(/^evk_[A-Za-z0-9_-]{43}$/);
    expect(key.startsWith(prefix)).toBe(true);
    const sent = await engine.call("POST", "/v1/events", event, bearer(key));
    expect(sent.status, sent.text).toBe(200);
    expect((await engine.call("POST", SHOP, event, bearer(key))).status).toBe(200);
    for (const [method, path] of [
      ["POST", "/v1/events?app=shop&env=acc"],
      ["GET", "/v1/apps"],
      ["GET", "/v1/apps/shop/live/runs"],
      ["POST", "/v1/apps/shop/live/sync"],
      ["GET", "/v1/apps/shop/live/keys"],
      ["POST", "/v1/apps/shop/live/signing-secrets"],
    ] as const) {
      const answer = await engine.call(method, path, method === "POST" ? event : undefined, bearer(key));
      expect(answer.json, `${method} ${path}`).toMatchObject({ status: 403, code: "forbidden" });
    }
    const [stored] = await engine.database.sql<{ hidden: boolean }[]>`
      select not exists (select 1 from durable.keys k where k::text like ${`%${key}%`}) as hidden`;
    expect(stored!.hidden).toBe(true);

    // From another workspace it is unknown, and stays in force.
    await engine.call("POST", "/v1/apps/shop/acc/keys", { scope: "send" }, asAdmin);
    expect((await engine.call("DELETE", `/v1/apps/shop/acc/keys/${id}`, undefined, asAdmin)).status).toBe(
      404,
    );
    const kept = (await engine.call("GET", "/v1/apps/shop/live/keys", undefined, asAdmin)).json;
    expect(kept.keys.find((each: { id: number }) => each.id === id).revoked_at).toBeNull();
    expect((await engine.call("DELETE", `/v1/apps/shop/live/keys/${id}`, undefined, asAdmin)).status).toBe(
      200,
    );
    expect((await engine.call("DELETE", `/v1/apps/shop/live/keys/${id}`, undefined, asAdmin)).status).toBe(
      200,
    );
    expect((await engine.call("POST", "/v1/events", event, bearer(key))).status).toBe(401);
    const { keys } = (await engine.call("GET", "/v1/apps/shop/live/keys", undefined, asAdmin)).json;
    expect(keys.find((each: { id: number }) => each.id === id)).toMatchObject({
      prefix,
      revoked_at: expect.any(String),
    });
  });
});

describe("a signed send", () => {
  test("is taken when the reply key of a current secret signed these very bytes just now", async () => {
    const answer = await engine.call("POST", SHOP, event, signed(event));
    expect(answer.status, answer.text).toBe(200);
  });

  test.each([
    ["other bytes", () => ["POST", SHOP, `${event} `, signed(event)]],
    [
      "the request key: a dispatch sent back to the engine",
      () => ["POST", SHOP, event, signed(event, { isReply: false })],
    ],
    [
      "another secret",
      () => ["POST", SHOP, event, signed(event, { secret: `whsec_${btoa("x".repeat(32))}` })],
    ],
    ["the secret of development mode", () => ["POST", SHOP, event, signed(event, { secret: DEV_SECRET })]],
    ["301 s ago", () => ["POST", SHOP, event, signed(event, { timestampS: nowS() - 302 })]],
    ["301 s ahead", () => ["POST", SHOP, event, signed(event, { timestampS: nowS() + 302 })]],
    ["a dot in the id", () => ["POST", SHOP, event, { ...signed(event), "webhook-id": "a.b" }]],
    ["no timestamp", () => ["POST", SHOP, event, { ...signed(event), "webhook-timestamp": "" }]],
    ["another workspace", () => ["POST", "/v1/events?app=shop&env=acc", event, signed(event)]],
    ["no workspace", () => ["POST", "/v1/events", event, signed(event)]],
    ["an unknown workspace", () => ["POST", "/v1/events?app=nobody&env=live", event, signed(event)]],
  ] as [string, () => [string, string, string, Record<string, string>]][])(
    "is refused: %s",
    async (_, send) => {
      const answer = await engine.call(...send());
      expect(answer.json).toMatchObject({ status: 401, code: "unauthenticated" });
      // One sentence for every reason.
      expect(answer.json.detail).toMatch(/^The signature is not valid\./);
    },
  );

  test("cannot read, cancel or manage", async () => {
    for (const path of [
      "/v1/apps/shop/live/runs",
      "/v1/apps/shop/live/keys",
      "/v1/apps/shop/live/functions",
    ]) {
      const answer = await request(engine.url + path, { headers: signed("") });
      expect(answer.statusCode, path).toBe(403);
      await answer.body.dump();
    }
  });
});

describe("signing secrets", () => {
  test("rotate without a gap, and are shown once", async () => {
    const path = "/v1/apps/rotating/live/signing-secrets";
    const first = (await engine.call("POST", path, {}, asAdmin)).json;
    const last = await engine.call("POST", `${path}/${first.id}/retire`, undefined, asAdmin);
    expect(last.json).toMatchObject({ status: 409, code: "last-signing-secret" });
    const second = (await engine.call("POST", path, {}, asAdmin)).json;
    const send = (by: string) =>
      engine.call("POST", "/v1/events?app=rotating&env=live", event, signed(event, { secret: by }));
    expect((await send(first.secret)).status).toBe(200);
    expect((await send(second.secret)).status).toBe(200);

    expect(
      (await engine.call("POST", `/v1/apps/shop/live/signing-secrets/${first.id}/retire`, undefined, asAdmin))
        .status,
    ).toBe(404);
    expect((await engine.call("POST", `${path}/${first.id}/retire`, undefined, asAdmin)).json).toEqual({
      id: first.id,
      state: "retired",
      retired_at: expect.any(String),
    });
    expect((await engine.call("POST", `${path}/${first.id}/retire`, undefined, asAdmin)).status).toBe(200);
    expect((await send(first.secret)).status).toBe(401);
    expect((await send(second.secret)).status).toBe(200);

    const listed = await engine.call("GET", path, undefined, asAdmin);
    expect(listed.json.signing_secrets.map((each: { id: number }) => each.id)).toEqual([second.id, first.id]);
    expect(listed.text).not.toContain("whsec_");
  });

  test("may be brought, if they are good", async () => {
    const path = "/v1/apps/bringing/live/signing-secrets";
    const own = `whsec_${btoa("k".repeat(32))}`;
    expect((await engine.call("POST", path, { secret: own }, asAdmin)).json.secret).toBe(own);
    const short = await engine.call("POST", path, { secret: "whsec_c2hvcnQ=" }, asAdmin);
    expect(short.json).toMatchObject({ status: 422, code: "validation" });
    expect(short.text).not.toContain("c2hvcnQ");
  });
});

describe("a sync in production", () => {
  test("needs a secret, is done by an operator first, and by the app only where it was", async () => {
    const none = await engine.call(
      "POST",
      "/v1/apps/fresh/live/sync",
      { url: "http://127.0.0.1:9/" },
      asAdmin,
    );
    expect(none.json.code === "no-signing-secret" || none.json.code === "unsafe-url").toBe(true);

    const app = await startApp({ app: "shop", functions: [{ id: "a", triggers: [] }], secret });
    const elsewhere = await startApp({ app: "shop", functions: [], secret });
    const body = JSON.stringify({ url: app.url });
    const early = await engine.call("POST", "/v1/apps/shop/live/sync", body, signed(body));
    expect(early.json).toMatchObject({ status: 403, code: "forbidden" });
    const byAdmin = await engine.call("POST", "/v1/apps/shop/live/sync", body, {
      ...asAdmin,
      "content-type": "application/json",
    });
    expect(byAdmin.status, byAdmin.text).toBe(200);
    const byApp = await engine.call("POST", "/v1/apps/shop/live/sync", body, signed(body));
    expect(byApp.json).toMatchObject({ unchanged: [{ id: "a" }] });
    const moved = JSON.stringify({ url: elsewhere.url });
    expect((await engine.call("POST", "/v1/apps/shop/live/sync", moved, signed(moved))).status).toBe(403);
    await app.stop();
    await elsewhere.stop();
  });

  test("with another secret in the app fails and says so", async () => {
    const app = await startApp({ app: "shop", functions: [], secret: `whsec_${btoa("y".repeat(32))}` });
    const answer = await engine.call("POST", "/v1/apps/shop/live/sync", { url: app.url }, asAdmin);
    expect(answer.json).toMatchObject({
      status: 422,
      code: "inspect-failed",
      detail: expect.stringContaining("DURABLE_SECRET"),
    });
    await app.stop();
  });
});

describe("development mode", () => {
  let dev: Engine;
  beforeAll(async () => {
    dev = await startEngine({ mode: "dev" });
  });
  afterAll(() => dev.stop());

  async function status(headers: Record<string, string>, path = "/v1/apps"): Promise<number> {
    const answer = await request(dev.url + path, { headers });
    await answer.body.dump();
    return answer.statusCode;
  }

  test("needs nothing on the engine's own machine", async () => {
    expect(await status({})).toBe(200);
    expect(await status({ host: "localhost:4400" })).toBe(200);
    expect(await status({ host: "shop.localhost" })).toBe(200);
    expect(await status({ host: "[::1]:4400" })).toBe(200);
    expect(await status({ origin: "http://localhost:3000" })).toBe(200);
  });

  test("trusts no page of another site, no rebound name and no proxy", async () => {
    expect(await status({ host: "evil.example" })).toBe(401);
    expect(await status({ host: "127.0.0.1.evil.example" })).toBe(401);
    expect(await status({ origin: "https://evil.example" })).toBe(401);
    expect(await status({ origin: "null" })).toBe(401);
    expect(await status({ "x-forwarded-for": "203.0.113.1" })).toBe(401);
    expect(await status({ forwarded: "for=203.0.113.1" })).toBe(401);
    expect(await status({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" })).toBe(401);
  });

  test("takes signatures made with the secret both sides know, and refuses wrong ones", async () => {
    const good = await dev.call(
      "POST",
      "/v1/events?app=signed-in-dev",
      event,
      signed(event, { secret: DEV_SECRET }),
    );
    expect(good.status, good.text).toBe(200);
    const bad = await dev.call("POST", "/v1/events?app=signed-in-dev", event, signed(event, { secret }));
    expect(bad.status).toBe(401);
  });
});

test("no secret is in the log", () => {
  const log = engine.logged.join("");
  for (const hidden of [ADMIN_TOKEN, secret, "evk_"]) expect(log.includes(hidden)).toBe(false);
});
