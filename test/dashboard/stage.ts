// A real engine with a real app behind it, and a real browser before it.
import { type Browser, chromium, type Page } from "playwright-core";
import { startEngine } from "../scenarios/api-engine.ts";
import { startSdkApp } from "../scenarios/sdk-app.ts";
import { CHROMIUM_ARGS, chromiumPath } from "../support/chromium.ts";
import { SHOP } from "./shop.ts";

/** A screen that is not there by then does not come. */
const PATIENCE_MS = 10_000;

export const canBrowse = chromiumPath() !== null;

export interface Stage {
  readonly engine: Awaited<ReturnType<typeof startEngine>>;
  readonly app: Awaited<ReturnType<typeof startSdkApp>>;
  readonly browser: Browser;
  /** A fresh page at an address of the dashboard, when its first answers are there. */
  visit(path: string, options?: VisitOptions): Promise<Page>;
  stop(): Promise<void>;
}

export interface VisitOptions {
  readonly theme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** Of another engine than the stage's. */
  readonly url?: string;
}

export async function startStage(): Promise<Stage> {
  const engine = await startEngine();
  process.env["DURABLE_URL"] = engine.url;
  const app = await startSdkApp(engine, "shop", SHOP);
  await (await startSdkApp(engine, "bank", [])).stop();
  await engine.call("POST", "/v1/apps/bank/dev/mark", { production: true });
  const browser = await chromium.launch({ executablePath: chromiumPath()!, args: CHROMIUM_ARGS });
  return {
    engine,
    app,
    browser,
    async visit(path, options = {}) {
      const page = await openPage(browser, options);
      await page.goto((options.url ?? engine.url) + path);
      await settled(page);
      return page;
    },
    async stop() {
      await browser.close();
      await engine.stop();
      await app.stop();
    },
  };
}

export async function openPage(
  browser: Browser,
  { theme = "light", width = 1_440, height = 900 }: VisitOptions = {},
) {
  const context = await browser.newContext({
    colorScheme: theme,
    viewport: { width, height },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  // What a page says there is a mistake of ours: a policy that was violated, an exception, a request that failed.
  const said: string[] = [];
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") said.push(message.text());
  });
  complaints.set(page, said);
  return page;
}

const complaints = new WeakMap<Page, string[]>();

/** Since they were asked for last. */
export function complaintsOf(page: Page): readonly string[] {
  return complaints.get(page)?.splice(0) ?? [];
}

/** Nothing is loading any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor();
  await page.locator('[aria-busy="true"]').first().waitFor({ state: "detached" });
}
