// From the overview to a run that is started again, without a mouse.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { populate } from "./population.ts";
import { canBrowse, type Stage, startStage } from "./stage.ts";

let stage: Stage;
let page: Page;

beforeAll(async () => {
  if (!canBrowse) return;
  stage = await startStage();
  await populate(stage.engine.call);
  page = await stage.visit("/shop/dev");
});
afterAll(() => stage?.stop());

/** What the focus is on, as it is read aloud. */
const focused = () =>
  page.evaluate(
    "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()",
  );

async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** By Tab alone, as far as somebody is willing to go. */
async function tabTo(wanted: RegExp, atMost = 60): Promise<void> {
  for (let n = 0; n < atMost; n++) {
    await page.keyboard.press("Tab");
    if (wanted.test(String(await focused()))) return;
  }
  throw new Error(`${atMost} times Tab did not lead to ${wanted}; the focus is on ${await focused()}.`);
}

describe.skipIf(!canBrowse)("without a mouse", () => {
  test("the first Tab leads past the navigation", async () => {
    await press("Tab");
    expect(await focused()).toBe("To the content");
    await press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("content");
  });

  test("? shows the keys, Escape gives the focus back", async () => {
    await press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  test("the palette leads to a screen by a few letters, and to a run by its id", async () => {
    await press("Control+k");
    await page.getByRole("combobox", { name: /Go to/ }).waitFor();
    await page.keyboard.type("err");
    await press("Enter");
    await page.waitForURL(/\/shop\/dev\/errors/);
    const { json } = await stage.engine.call("GET", "/v1/apps/shop/dev/runs?limit=1");
    const { id } = json.runs[0];
    await press("Control+k");
    await page.keyboard.type(id);
    await page.getByRole("option", { name: /Run with this id/ }).waitFor();
    await press("Enter");
    await page.waitForURL(`**/shop/dev/runs/${id}`);
    await page.getByRole("button", { name: "Rerun", exact: true }).waitFor();
  });

  test("a failed run is found, opened and started again", async () => {
    await press("g", "r");
    await page.waitForURL(/\/shop\/dev\/runs$/);
    await page.locator("a[data-row-link]").first().waitFor();
    await press("/");
    await page.keyboard.type("status:failed function:charge");
    await press("Enter");
    await page.waitForURL(/q=status/);
    await page.locator("a[data-row-link]").first().waitFor();
    await tabTo(/: Failed$/);
    await press("Enter");
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
    const failed = page.url();
    await tabTo(/^Rerun$/);
    await press("Enter");
    await expect.poll(() => page.url()).not.toBe(failed);
  });
});
