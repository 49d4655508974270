// A run of 42,000 spans: what is in the page is what is in view, wherever somebody scrolls.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeLongRun } from "../support/long-run.ts";
import { waitFor } from "../support/wait.ts";
import { canBrowse, type Stage, startStage } from "./stage.ts";

const STEPS = 14_000;
const SPANS = STEPS * 3;
const ROWS_MAX = 80;

let stage: Stage;
let page: Page;
let run: string;

beforeAll(async () => {
  if (!canBrowse) return;
  stage = await startStage();
  run = (await makeLongRun(stage.engine.database, "long", "dev", STEPS)).runId;
  page = await stage.visit(`/long/dev/runs/${run}`);
});
afterAll(() => stage?.stop());

const grid = () => page.getByRole("treegrid");
const rows = () => grid().getByRole("row").count();

describe.skipIf(!canBrowse)("a long run", () => {
  test("shows its first rows before the rest has come, and few of them at a time", async () => {
    await grid().getByRole("row", { name: /step/ }).first().waitFor();
    expect(await rows()).toBeLessThanOrEqual(ROWS_MAX);
    // Equal ones stand behind one row until somebody unfolds all.
    await grid().getByRole("row", { name: /step/ }).first().focus();
    await page.keyboard.press("]");
    await waitFor("all its spans", async () => Number(await grid().getAttribute("aria-rowcount")) >= SPANS);
    expect(SPANS).toBeGreaterThan(40_000);
    expect(await rows()).toBeLessThanOrEqual(ROWS_MAX);
  });

  test("is walked through by keys, from its end to its beginning", async () => {
    await grid().getByRole("row", { name: /step/ }).first().focus();
    await page.keyboard.press("End");
    await waitFor("the last row", async () => {
      const index = await page.evaluate("document.activeElement?.getAttribute('aria-rowindex')");
      return index === (await grid().getAttribute("aria-rowcount"));
    });
    expect(await rows()).toBeLessThanOrEqual(ROWS_MAX);
    await page.keyboard.press("Home");
    await waitFor("the first row", async () =>
      ["1", "2"].includes(
        String(await page.evaluate("document.activeElement?.getAttribute('aria-rowindex')")),
      ),
    );
  });
});
