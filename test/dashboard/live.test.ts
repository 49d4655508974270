// A run is followed while the engine is killed and another one takes its place: nobody reloads, nothing is missed.
import { createFunction } from "@durable/sdk";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../chaos/random.ts";
import { startSdkApp } from "../scenarios/sdk-app.ts";
import { type SpawnedEngine, spawnEngine } from "../scenarios/spawn-engine.ts";
import { Front } from "../streams/front.ts";
import { CHROMIUM_ARGS, chromiumPath } from "../support/chromium.ts";
import { createDatabase } from "../support/postgres.ts";
import { canBrowse, openPage } from "./stage.ts";

const bake = createFunction({
  id: "bake",
  trigger: { event: "bake" },
  handler: async ({ step }) => {
    await step.run("knead", () => "dough");
    await step.waitForEvent("risen", { event: "risen", timeout: "1h" });
    await step.run("put-in-oven", () => "bread");
    await step.waitForEvent("cooled", { event: "cooled", timeout: "1h" });
    return { loaf: 1 };
  },
});

let database: Awaited<ReturnType<typeof createDatabase>>;
let front: Front;
let engine: SpawnedEngine;
let app: Awaited<ReturnType<typeof startSdkApp>>;
let browser: Browser;
let page: Page;
let url: string;

beforeAll(async () => {
  if (!canBrowse) return;
  database = await createDatabase();
  front = new Front(new Random("dashboard"));
  url = await front.start();
  process.env["DURABLE_URL"] = url;
  engine = await spawnEngine(database.url);
  front.add(engine.port);
  app = await startSdkApp(engine, "shop", [bake]);
  browser = await chromium.launch({ executablePath: chromiumPath()!, args: CHROMIUM_ARGS });
  page = await openPage(browser);
});
afterAll(async () => {
  await browser?.close();
  await engine?.kill();
  await app?.stop();
  await front?.stop();
  await database?.drop();
});

describe.skipIf(!canBrowse)("a live run", () => {
  test("moves by itself, over the death of its engine, without asking", async () => {
    const id = await app.start("bake");
    await page.goto(`${url}/shop/dev/runs/${id}`);
    await page.getByRole("row", { name: /risen/ }).waitFor();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));

    await engine.call("POST", "/v1/events?app=shop", { name: "risen", data: null });
    await page.getByRole("row", { name: /put-in-oven/ }).waitFor();
    expect(asked.filter((line) => line.endsWith(`/runs/${id}`))).toEqual([]);

    front.remove(engine.port);
    await engine.kill();
    await page.getByText(/Reconnecting/).waitFor();
    engine = await spawnEngine(database.url);
    front.add(engine.port);
    await page.getByText("Live", { exact: true }).waitFor();
    await engine.call("POST", "/v1/events?app=shop", { name: "cooled", data: null });
    await page.getByText("Completed").first().waitFor();
  });
});
