// What is over goes after a while, as operators set it; what lives stays, and completes.
import { createFunction } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { travel } from "../support/travel.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
let shop: Awaited<ReturnType<typeof startSdkApp>>;
let bank: Awaited<ReturnType<typeof startSdkApp>>;

const quick = createFunction({
  id: "quick",
  trigger: { event: "quick" },
  handler: ({ step }) => step.run("note", () => "noted"),
});
const naps = createFunction({
  id: "naps",
  trigger: { event: "naps" },
  handler: async ({ step }) => {
    const before = await step.run("before", () => "dreamt");
    await step.sleep("long", "90d");
    return before;
  },
});
const parent = createFunction({
  id: "parent",
  trigger: { event: "parent" },
  handler: ({ step }) => step.spawn("start it", "naps"),
});

beforeAll(async () => {
  engine = await startEngine();
  shop = await startSdkApp(engine, "shop", [quick, naps, parent]);
  bank = await startSdkApp(engine, "bank", [quick]);
});
afterAll(async () => {
  await shop.stop();
  await bank.stop();
  await engine.stop();
});

const retentionOf = async (app: string) => (await engine.call("GET", `/v1/apps/${app}/dev/retention`)).json;
const keep = (app: string, days: number) =>
  engine.call("POST", `/v1/apps/${app}/dev/retention`, { days, reason: "the law" });
const statusOf = async (path: string) => (await engine.call("GET", path)).status;

test("runs of several ages in two workspaces go when theirs is over, and the one that sleeps completes", async () => {
  const [old, oldBank] = [await shop.start("quick"), await bank.start("quick")];
  const sleeper = await shop.start("naps");
  const family = await shop.start("parent");
  for (const run of [old, family]) await shop.ended(run);
  await bank.ended(oldBank);
  const [child] = (await shop.show(family)).children;
  await waitFor("both sleep", async () => {
    const runs = await Promise.all([sleeper, child.run].map((run) => shop.show(run)));
    return runs.every(({ status }) => status === "waiting");
  });
  expect(await retentionOf("bank")).toMatchObject({ days: 30, runs_deleted: 0 });

  await travel(engine.database.sql, "10 days");
  const young = await bank.start("quick");
  await bank.ended(young);
  expect((await keep("bank", 5)).json).toEqual({ days: 5, before: 30 });
  await waitFor("the bank's old run is gone", async () => (await statusOf(bank.path(oldBank))) === 404);
  expect(await statusOf(bank.path(young))).toBe(200);
  expect(await statusOf(shop.path(old))).toBe(200);
  const { audit } = (await engine.call("GET", "/v1/apps/bank/dev/audit?action=workspace.retention")).json;
  expect(audit).toHaveLength(1);
  expect(JSON.parse(audit[0].detail)).toEqual({ days: 5, before: 30, reason: "the law" });

  await travel(engine.database.sql, "45 days");
  await keep("shop", 30);
  await waitFor("the shop's old run is gone", async () => (await statusOf(shop.path(old))) === 404);
  for (const part of ["", "/trace", "/history", "/logs", "/result", "/tree", "?at=2100-01-01T00:00:00.000Z"])
    expect(await statusOf(shop.path(old) + part), part).toBe(404);
  expect((await engine.call("POST", `${shop.path(old)}/rerun`, {})).status).toBe(404);
  expect((await retentionOf("shop")).partitions.map(({ state }: { state: string }) => state)).toContain(
    "swept",
  );
  // Its parent is gone, and it is shown whole.
  expect(await shop.show(child.run)).toMatchObject({ status: "waiting", parent: { run: family } });
  for (const part of ["/trace", "/history", "/tree", "?at=2100-01-01T00:00:00.000Z"])
    expect(await statusOf(shop.path(child.run) + part), part).toBe(200);
  const { runs } = (await engine.call("GET", "/v1/apps/shop/dev/runs")).json;
  expect(runs.map(({ id }: { id: string }) => id).sort()).toEqual([sleeper, child.run].sort());

  await travel(engine.database.sql, "91 days");
  expect(await shop.ended(sleeper)).toMatchObject({ status: "completed", output: "dreamt" });
  expect(await shop.ended(child.run)).toMatchObject({ status: "completed", output: "dreamt" });
  await expectInvariants(engine.database);
});

test("the time must be one, and the workspace known", async () => {
  expect((await keep("shop", 0)).status).toBe(422);
  expect((await keep("nobody", 5)).status).toBe(404);
});
