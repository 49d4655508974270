// A page of another origin, in a real browser, follows a run from its start to its end, while the engine is killed and another
// one takes its place.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createFunction, Durable } from "@durable/sdk";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Random } from "../chaos/random.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { Front } from "../streams/front.ts";
import { CHROMIUM_ARGS, chromiumPath } from "../support/chromium.ts";
import { createDatabase } from "../support/postgres.ts";
import { waitFor } from "../support/wait.ts";
import { startSdkApp } from "./sdk-app.ts";
import { type SpawnedEngine, spawnEngine } from "./spawn-engine.ts";

const path = chromiumPath();

let baked: () => void;
const baking = new Promise<void>((resolve) => {
  baked = resolve;
});

const bake = createFunction({
  id: "bake",
  trigger: { event: "bake" },
  handler: async ({ step }) => {
    await step.run("knead", async ({ heartbeat }) => {
      await heartbeat(0.5, "half");
      await baking;
    });
    step.setState({ phase: "rising" });
    await step.waitForEvent("risen", { event: "risen", timeout: "1h" });
    return { loaf: 1 };
  },
});

let database: Awaited<ReturnType<typeof createDatabase>>;
let front: Front;
let url: string;
let engine: SpawnedEngine;
let app: Awaited<ReturnType<typeof startSdkApp>>;
let pages: Server;
let browser: Browser;
let page: Page;

/** The shop's own server: the page with the SDK's bundle in it. */
async function startPages(): Promise<Server> {
  const entry = fileURLToPath(new URL("../../sdk-ts/src/browser/index.ts", import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "durable",
    target: "es2022",
  });
  const html = `<!doctype html><title>Bread</title><script>${outputFiles[0]!.text}</script>`;
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

beforeAll(async () => {
  if (path === null) return;
  database = await createDatabase();
  front = new Front(new Random("page"));
  url = await front.start();
  process.env["DURABLE_URL"] = url;
  engine = await spawnEngine(database.url);
  front.add(engine.port);
  app = await startSdkApp(engine, "shop", [bake]);
  pages = await startPages();
  browser = await chromium.launch({ executablePath: path, args: CHROMIUM_ARGS });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
});

afterAll(async () => {
  if (path === null) return;
  delete process.env["DURABLE_URL"];
  await browser.close();
  pages.close();
  await app.stop();
  await expectInvariants(database);
  await engine.kill();
  front.stop();
  await database.drop();
});

interface Watched {
  readonly views: { readonly status: string; readonly [field: string]: unknown }[];
  readonly lines: boolean[];
  readonly end: unknown;
}

/** In the page: begins to watch, and keeps what it is told. */
function begin(given: { readonly url: string; readonly token: string }): void {
  // biome-ignore lint/suspicious/noExplicitAny: the page's own world
  const world = globalThis as any;
  const kept = { views: [] as unknown[], lines: [] as boolean[], end: null as unknown };
  world.kept = kept;
  world.durable
    .watchRun({
      ...given,
      onChange: (run: unknown) => kept.views.push(run),
      onLine: (isConnected: boolean) => kept.lines.push(isConnected),
    })
    .then(
      (run: unknown) => {
        kept.end = run;
      },
      (error: { code?: string; message: string }) => {
        kept.end = { error: error.code ?? error.message };
      },
    );
}

/** By the engine that is up. */
async function start(): Promise<string> {
  const sent = await engine.call("POST", "/v1/events?app=shop", { name: "bake" });
  return sent.json.runs[0].run;
}

// biome-ignore lint/suspicious/noExplicitAny: the page's own world
const kept = () => page.evaluate(() => (globalThis as any).kept) as Promise<Watched>;

test.skipIf(path === null)(
  "it sees every step of the way, the engine's death as a broken line, and the end",
  async () => {
    const durable = new Durable({ app: "shop", url });
    const run = await start();
    const made = await durable.runToken(run, { fields: ["status", "progress", "state", "output"] });
    await page.evaluate(begin, { url: made.url, token: made.token });
    await waitFor("half of the dough", async () =>
      (await kept()).views.some(({ progress }) => JSON.stringify(progress).includes("half")),
    );
    baked();
    await waitFor("the rising", async () => (await kept()).views.at(-1)?.status === "waiting");

    front.remove(engine.port);
    await engine.kill();
    await waitFor("a broken line", async () => (await kept()).lines.at(-1) === false);
    engine = await spawnEngine(database.url);
    front.add(engine.port);
    await waitFor("a line that stands", async () => (await kept()).lines.at(-1) === true);

    await engine.call("POST", "/v1/events?app=shop", { name: "risen", data: null });
    const { views, lines, end } = await waitFor("the end", async () => {
      const now = await kept();
      return now.end === null ? null : now;
    });
    const last = { id: run, ended: true, status: "completed", progress: [], state: { phase: "rising" } };
    expect(end).toEqual({ ...last, output: { loaf: 1 } });
    expect(lines).toEqual([true, false, true]);
    // None came twice in a row, neither over the break. A run may come to look as it did before.
    const texts = views.map((view) => JSON.stringify(view));
    expect(texts.filter((text, at) => text === texts[at - 1])).toEqual([]);
  },
);

test.skipIf(path === null)("a token of another run is told as such, in the page", async () => {
  const durable = new Durable({ app: "shop", url });
  const [mine, other] = [await start(), await start()];
  const { token } = await durable.runToken(mine, { fields: ["status"] });
  const foreign = await durable.runToken(other, { fields: ["status"] });
  await page.evaluate(begin, { url: foreign.url, token });
  const { end, views } = await waitFor("a refusal", async () => {
    const now = await kept();
    return now.end === null ? null : now;
  });
  expect([end, views]).toEqual([{ error: "forbidden" }, []]);
});
