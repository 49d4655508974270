// What the engine tells is sent to addresses outside: signed, at least once, for a day, and nowhere it must not go.
import { createFunction, NonRetriableError } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { saidBy } from "../support/command-line.ts";
import { verifiedBy } from "../support/standard-webhooks.ts";
import { travel } from "../support/travel.ts";
import { waitFor } from "../support/wait.ts";
import { asAdmin, startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";
import { type Received, startReceiver } from "./webhook-receiver.ts";

const breaks = createFunction({
  id: "breaks",
  trigger: { event: "break" },
  retry: { max: 1 },
  handler: () => {
    throw new NonRetriableError("it is broken");
  },
});

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let hook: { readonly id: string; readonly secret: string };

beforeAll(async () => {
  engine = await startEngine();
  app = await startSdkApp(engine, "shop", [breaks]);
  receiver = await startReceiver();
  const made = await engine.call("POST", at, {
    url: receiver.url,
    events: ["durable.run.failed", "durable.alert.*"],
  });
  expect(made.status, made.text).toBe(201);
  hook = made.json;
});
afterAll(async () => {
  await expectInvariants(engine.database);
  await app.stop();
  await receiver.stop();
  await engine.stop();
});

const at = "/v1/apps/shop/dev/webhooks";
const show = async (id = hook.id) => (await engine.call("GET", `${at}/${id}?limit=200`)).json;
const arrived = (what: string, is: (one: Received) => boolean) =>
  waitFor(what, () => receiver.received.find(is));
const deliveryOf = async (id: string) =>
  (await show()).deliveries.find((delivery: { id: string }) => delivery.id === id);

test("a failed run and the alert of it come signed, once each, and say what the events say", async () => {
  const run = await app.start("break");
  await app.ended(run);
  const failed = await arrived("the failure", ({ json }) => json.type === "durable.run.failed");
  expect(verifiedBy(hook.secret, failed.headers, failed.body)).toBe(1);
  expect(failed.json).toMatchObject({
    id: `durable.run.failed/${run}`,
    data: { run: { id: run }, function: "breaks" },
  });
  expect(failed.headers["content-type"]).toBe("application/json");
  const alert = await arrived("the alert", ({ json }) => json.type === "durable.alert.error");
  expect(verifiedBy(hook.secret, alert.headers, alert.body)).toBe(1);
  expect(alert.json.data).toMatchObject({ kind: "error", state: "fired" });
  await waitFor("both are recorded", async () =>
    (await show()).deliveries.every(({ state }: { state: string }) => state === "delivered"),
  );
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(receiver.received.length);
});

test("a receiver that was down gets it when it is up, under the same id and with the same body", async () => {
  receiver.status = 503;
  const run = await app.start("break");
  const first = await arrived("the first attempt", ({ json }) => json.id === `durable.run.failed/${run}`);
  await waitFor("it is recorded", async () => (await deliveryOf(first.id)).last_status === 503);
  expect(await deliveryOf(first.id)).toMatchObject({
    state: "waiting",
    last_error: expect.stringContaining("answered 503"),
  });
  expect((await show()).failing_since).not.toBeNull();
  receiver.status = 200;
  await waitFor("it is delivered", async () => (await deliveryOf(first.id)).state === "delivered");
  const attempts = receiver.received.filter(({ id }) => id === first.id);
  expect(attempts).toHaveLength(2);
  expect(attempts[1]!.body.equals(first.body)).toBe(true);
  expect(verifiedBy(hook.secret, attempts[1]!.headers, attempts[1]!.body)).toBe(1);
  expect(await show()).toMatchObject({ state: "enabled", failing_since: null, waiting: 0 });
});

test("a test is sent at once, and says what came of it", async () => {
  const durable = (...args: string[]) =>
    saidBy(["webhooks", ...args, "--app", "shop", "--env", "dev", "--url", engine.url], {});
  expect(await durable("test", hook.id)).toContain("It was taken, with 200.");
  const tested = receiver.received.find(({ json }) => json.type === "durable.webhook.test")!;
  expect(verifiedBy(hook.secret, tested.headers, tested.body)).toBe(1);
  receiver.status = 302;
  expect((await engine.call("POST", `${at}/${hook.id}/test`)).json).toMatchObject({
    taken: false,
    status: 302,
    detail: expect.stringContaining("Redirects are not followed"),
  });
  receiver.status = 200;
  expect(await durable("ls")).toContain(receiver.url);
  expect(await durable("show", hook.id)).toMatch(/durable\.run\.failed\/\S+ +delivered/);
});

test("while a secret is rotated both sign, and afterwards the new one alone", async () => {
  const rotate = (overlap_s: number) => engine.call("POST", `${at}/${hook.id}/rotate`, { overlap_s });
  const test = async () => {
    await engine.call("POST", `${at}/${hook.id}/test`);
    return receiver.received.at(-1)!;
  };
  const { secret: next } = (await rotate(3_600)).json;
  const both = await test();
  expect(verifiedBy(hook.secret, both.headers, both.body)).toBe(1);
  expect(verifiedBy(next, both.headers, both.body)).toBe(1);
  const { secret: last } = (await rotate(0)).json;
  const alone = await test();
  expect([hook.secret, next, last].map((secret) => verifiedBy(secret, alone.headers, alone.body))).toEqual([
    0, 0, 1,
  ]);
});

test("a day in vain disables it, which is told and audited; enabled, it goes on", async () => {
  receiver.status = 500;
  const run = await app.start("break");
  const first = await arrived("an attempt", ({ json }) => json.id === `durable.run.failed/${run}`);
  await waitFor("it is recorded", async () => (await deliveryOf(first.id)).last_status === 500);
  await travel(engine.database.sql, "25 hours");
  await waitFor("it is given up", async () => (await show()).state === "failed");
  expect(await deliveryOf(first.id)).toMatchObject({ state: "given-up" });
  const { alerts } = (await waitFor("the alert", async () => {
    const { json } = await engine.call("GET", "/v1/apps/shop/dev/alerts");
    return json.alerts.some(({ kind }: { kind: string }) => kind === "webhook") && json;
  })) as { alerts: { kind: string; key: string; message: string }[] };
  const alert = alerts.find(({ kind }) => kind === "webhook")!;
  expect(alert.key).toBe(hook.id);
  expect(alert.message).toMatch(/^The webhook at http:\/\/127\.0\.0\.1:\d+ was disabled: .* answered 500/);
  const { audit } = (await engine.call("GET", "/v1/apps/shop/dev/audit?action=webhook.fail")).json;
  expect(audit).toMatchObject([{ actor: "engine", target: hook.id }]);

  const before = receiver.received.length;
  await app.ended(await app.start("break"));
  receiver.status = 200;
  expect((await engine.call("POST", `${at}/${hook.id}`, { enabled: true })).json).toMatchObject({
    state: "enabled",
    why: null,
  });
  const later = await app.start("break");
  await arrived("what failed since", ({ json }) => json.id === `durable.run.failed/${later}`);
  const since = receiver.received.slice(before).filter(({ json }) => json.type === "durable.run.failed");
  expect(since.map(({ json }) => json.data.run.id)).toEqual([later]);
});

test("one that is gone is asked no more", async () => {
  const gone = await startReceiver();
  gone.status = 410;
  const { id } = (await engine.call("POST", at, { url: gone.url, events: ["durable.run.*"] })).json;
  await app.start("break");
  await waitFor("it is given up", async () => (await show(id)).state === "failed");
  expect(gone.received).toHaveLength(1);
  expect((await engine.call("DELETE", `${at}/${id}`)).json).toEqual({ id, state: "deleted" });
  expect((await engine.call("GET", `${at}/${id}`)).status).toBe(404);
  await gone.stop();
});

test("secrets and the paths of addresses stand in no log and in no table as they are", async () => {
  const log = engine.logged.join("\n");
  expect(log).toContain("a webhook was not taken");
  expect(log).not.toContain("whsec_");
  expect(log).not.toContain(hook.secret.slice(6));
  expect(log).not.toContain("secret-in-the-path");
  const rows = await engine.database.sql`select s::text as row from durable.webhook_secrets s`;
  expect(rows.length).toBeGreaterThan(0);
  for (const { row } of rows) expect(row).toMatch(/v1\.[0-9a-f]{8}\./);
  const audit = await engine.database
    .sql`select a::text as row from durable.audit a where action like 'webhook.%'`;
  for (const { row } of audit) expect(row).not.toMatch(/secret-in-the-path|whsec_/);
});

test("names that are not sent are refused", async () => {
  for (const events of [["order.placed"], ["*"], ["durable.tick"], []])
    expect((await engine.call("POST", at, { url: receiver.url, events })).status, String(events)).toBe(422);
});

test("in production nothing inside is called, whatever its name", async () => {
  const live = await startEngine({ mode: "production", egress: {} });
  try {
    await live.call("POST", "/v1/apps/shop/dev/signing-secrets", {}, asAdmin);
    const add = (url: string) => live.call("POST", at, { url, events: ["durable.alert.*"] }, asAdmin);
    for (const url of [
      "http://169.254.169.254/latest/meta-data",
      "https://169.254.169.254/latest/meta-data",
      "https://127.0.0.1/hook",
      "https://[::1]/hook",
      "https://10.0.0.7/hook",
      "http://hooks.example.com/hook",
      "https://user:password@hooks.example.com/",
    ]) {
      const refused = await add(url);
      expect([refused.status, refused.json.code], url).toEqual([422, "unsafe-url"]);
    }
    // A name is looked up when it is called.
    const { id } = (await add("https://localhost/hook")).json;
    if (id !== undefined) {
      const tested = (await live.call("POST", `${at}/${id}/test`, undefined, asAdmin)).json;
      expect(tested).toMatchObject({
        taken: false,
        status: null,
        detail: expect.stringContaining("loopback"),
      });
    }
  } finally {
    await live.stop();
  }
});
