// Every screen, in a real browser: nothing that axe finds wrong, nothing that the page complains of, nothing that scrolls sideways on a
// phone; light and dark, full, empty, and while the engine refuses.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSdkApp } from "../scenarios/sdk-app.ts";
import { violationsOf } from "./axe.ts";
import { type Population, populate } from "./population.ts";
import { SCREENS } from "./screens.ts";
import { canBrowse, complaintsOf, openPage, type Stage, settled, startStage } from "./stage.ts";

const NAMES = Object.keys(SCREENS);
/** Of one thing: nothing that another workspace has. */
const OF_ONE_THING = /^(run|event|error|bulk|function|trigger|compare|workspaces|production)(-|$)/;
const PHONE = { width: 390, height: 844 };
const WIDE = { width: 1_440, height: 900 };

let stage: Stage;
let made: Population;
let page: Page;

beforeAll(async () => {
  if (!canBrowse) return;
  stage = await startStage();
  made = await populate(stage.engine.call);
  page = await openPage(stage.browser);
});
afterAll(() => stage?.stop());

async function goTo(path: string): Promise<void> {
  complaintsOf(page);
  await page.setViewportSize(WIDE);
  await page.goto(stage.engine.url + path);
}

async function expectNoViolations(): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violationsOf(page), colorScheme).toEqual([]);
  }
}

describe.skipIf(!canBrowse)("full", () => {
  test.each(NAMES)("%s", async (name) => {
    await goTo(SCREENS[name]!(made));
    await settled(page);
    await expectNoViolations();
    await page.setViewportSize(PHONE);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(PHONE.width);
    expect(await violationsOf(page), "on a phone").toEqual([]);
    expect(complaintsOf(page)).toEqual([]);
  });
});

describe.skipIf(!canBrowse)("empty", () => {
  beforeAll(async () => {
    const bakery = await startSdkApp(stage.engine, "bakery", []);
    await bakery.stop();
  });

  test.each(NAMES.filter((name) => !OF_ONE_THING.test(name)))("%s", async (name) => {
    await goTo(SCREENS[name]!(made).replace("/shop/", "/bakery/"));
    await settled(page);
    await expectNoViolations();
    expect(complaintsOf(page)).toEqual([]);
  });
});

describe.skipIf(!canBrowse)("refused", () => {
  const REFUSAL = {
    code: "forbidden",
    title: "Not allowed",
    status: 403,
    detail: "This key may not read it.",
    fix: "Ask for a key that may.",
  };
  beforeAll(async () => {
    page = await openPage(stage.browser);
    await page.route("**/v1/**", (route) =>
      route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify(REFUSAL) }),
    );
  });

  test.each(NAMES)("%s", async (name) => {
    await goTo(SCREENS[name]!(made));
    await page.getByText(REFUSAL.detail).first().waitFor();
    await expectNoViolations();
  });
});
