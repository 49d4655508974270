// The waterfall in a real browser: by keys alone, and of more spans than any run has.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canBrowse, complaintsOf, openPage, type Stage, startStage } from "./stage.ts";

const STEPS = 20_000;
const STEPS_PER_PAGE = 500;
const START_MS = Date.parse("2026-01-01T00:00:00.000Z");
/** Agreed on: docs/decisions/0050. */
const ROWS_MAX = 80;

let stage: Stage;
let run: string;
let page: Page;

beforeAll(async () => {
  if (!canBrowse) return;
  stage = await startStage();
  const { call } = stage.engine;
  const sent = await call("POST", "/v1/events?app=shop&wait=20", {
    name: "order.placed",
    data: { orderId: "A-1", total: 1 },
  });
  run = sent.json.runs.find((each: { function: string }) => each.function === "order").run;
  page = await openPage(stage.browser);
});
afterAll(() => stage?.stop());

const rowCount = () => page.getByRole("treegrid").getAttribute("aria-rowcount").then(Number);
const selected = () => new URL(page.url()).searchParams;

async function focused(): Promise<string> {
  return await page.evaluate(
    "(({ ariaLevel, ariaExpanded, innerText }) => [ariaLevel, ariaExpanded, innerText.split('\\n')[0]].join(' '))(document.activeElement)",
  );
}

async function press(...keys: readonly string[]): Promise<string> {
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.waitForTimeout(100);
  }
  return await focused();
}

describe.skipIf(!canBrowse)("a run of a few steps", () => {
  beforeAll(async () => {
    await page.goto(`${stage.engine.url}/shop/dev/runs/${run}`);
    await page.getByText("stamp").first().waitFor();
    await page.locator("[role=row][tabindex='0']").focus();
  });

  test("arrows walk its tree, and a child run opens in its place", async () => {
    expect(await focused()).toBe("1 true order");
    expect(await press("ArrowDown")).toMatch(/^2 {2}reserve-stock/);
    expect(await press("End")).toMatch(/^2 false stamp/);
    const before = await rowCount();
    await press("ArrowRight");
    await page.getByText("press", { exact: true }).waitFor();
    expect(await rowCount()).toBe(before + 1);
    expect(await press("ArrowRight")).toMatch(/^3 {2}press/);
    expect(await press("u")).toMatch(/^2 true stamp/);
    expect(await press("ArrowLeft", "Home")).toBe("1 true order");
  });

  test("Enter shows the row's step, which then follows the keys; Escape closes it", async () => {
    await press("ArrowDown", "Enter");
    await page.getByRole("complementary", { name: "Selected: reserve-stock" }).waitFor();
    await page.getByText('"Zurich"').waitFor();
    await press("ArrowDown");
    await page.getByRole("complementary", { name: "Selected: settle" }).waitFor();
    await press("Escape");
    expect(selected().has("span")).toBe(false);
  });

  test("p, i, z and 0 are in the address; a letter after g leads away and does nothing else", async () => {
    await press("p", "i", "z");
    expect(selected().get("critical")).toBe("1");
    expect(selected().get("fold")).toMatch(/^[01]$/);
    expect(selected().get("zoom")).toMatch(/^\d+-\d+$/);
    await press("0");
    expect(selected().has("zoom")).toBe(false);
    await press("g", "r");
    await page.waitForURL(`${stage.engine.url}/shop/dev/runs`);
  });
});

describe.skipIf(!canBrowse)("a run of forty thousand spans", () => {
  beforeAll(async () => {
    await page.route(
      ({ pathname, searchParams }) => pathname.endsWith("/trace") && searchParams.get("time") === "false",
      (route) => {
        const cursor = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
        return route.fulfill({ contentType: "application/json", body: JSON.stringify(tracePage(cursor)) });
      },
    );
    await page.goto(`${stage.engine.url}/shop/dev/runs/${run}`);
  });

  test("has at most eighty rows in the page, wherever it is scrolled to", async () => {
    await page.getByText("step 3", { exact: true }).waitFor();
    await expect.poll(rowCount, { timeout: 60_000 }).toBe(STEPS + 2);
    const rows = () => page.getByRole("row").count();
    expect(await rows()).toBeLessThanOrEqual(ROWS_MAX);
    await page.locator("[role=row][tabindex='0']").focus();
    expect(await press("End")).toMatch(new RegExp(`^2 {2}step ${STEPS - 1}`));
    expect(await rows()).toBeLessThanOrEqual(ROWS_MAX);
    expect(complaintsOf(page)).toEqual([]);
  });

  test("is searched for what failed", async () => {
    await page.getByRole("button", { name: "Only failed" }).click();
    await expect.poll(rowCount).toBe(STEPS / 500 + 2);
  });
});

function tracePage(from: number) {
  const instant = (ms: number) => new Date(START_MS + ms).toISOString();
  const to = Math.min(STEPS, from + STEPS_PER_PAGE);
  const spans = Array.from({ length: to - from }, (_, index) => {
    const n = from + index;
    const id = n.toString(16).padStart(32, "0");
    const times = { start: instant(n * 50), end: instant(n * 50 + 40) };
    const common = { attempt: 1, app_ms: null, limit: null, run: null, ...times };
    const phases = [{ phase: "app", ms: 40, limit: null, ...times }];
    const status = n % 500 === 3 ? "err" : "ok";
    return [
      { id, parent: null, kind: "step", name: `step ${n}`, status, phases: [], ...common },
      { id: `${id}.1`, parent: id, kind: "attempt", name: null, status: "ok", phases, ...common },
    ];
  });
  return {
    run: { id: run, function: "order", status: "completed", start: instant(0), end: instant(STEPS * 50) },
    time: null,
    spans: spans.flat(),
    next: to < STEPS ? `${to}` : null,
  };
}
