// Every screen, in a real browser: nothing that axe finds wrong, nothing that the page complains of, nothing that scrolls sideways;
// light and dark, full, empty, and while the engine refuses.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violationsOf } from "./axe.ts";
import { type Population, populate } from "./population.ts";
import { SCREENS } from "./screens.ts";
import { canBrowse, complaintsOf, type Stage, startStage } from "./stage.ts";

let stage: Stage;
let made: Population;

beforeAll(async () => {
  if (!canBrowse) return;
  stage = await startStage();
  made = await populate(stage.engine.call);
});
afterAll(() => stage?.stop());

const NAMES = Object.keys(SCREENS);
const THEMES = ["light", "dark"] as const;

describe.skipIf(!canBrowse)("full", () => {
  test.each(NAMES.flatMap((name) => THEMES.map((theme) => [name, theme] as const)))(
    "%s, %s",
    async (name, theme) => {
      const page = await stage.visit(SCREENS[name]!(made), { theme });
      expect(await violationsOf(page)).toEqual([]);
      expect(complaintsOf(page)).toEqual([]);
      await page.context().close();
    },
  );

  test.each(NAMES)("%s on a phone", async (name) => {
    const page = await stage.visit(SCREENS[name]!(made), { width: 390, height: 844 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    expect(await violationsOf(page)).toEqual([]);
    await page.context().close();
  });
});

/** Of another workspace, in which nothing has happened. */
const empty = (path: string) => path.replace("/shop/", "/bakery/");

describe.skipIf(!canBrowse)("empty", () => {
  const LISTS = NAMES.filter(
    (name) => !/^(run|event|error|bulk|function|trigger|compare|workspaces|production)(-|$)/.test(name),
  );
  beforeAll(async () => {
    const { startSdkApp } = await import("../scenarios/sdk-app.ts");
    const bakery = await startSdkApp(stage.engine, "bakery", []);
    await bakery.stop();
  });
  test.each(LISTS.flatMap((name) => THEMES.map((theme) => [name, theme] as const)))(
    "%s, %s",
    async (name, theme) => {
      const page = await stage.visit(empty(SCREENS[name]!(made)), { theme });
      expect(await violationsOf(page)).toEqual([]);
      expect(complaintsOf(page)).toEqual([]);
      await page.context().close();
    },
  );
});

describe.skipIf(!canBrowse)("refused", () => {
  test.each(NAMES.flatMap((name) => THEMES.map((theme) => [name, theme] as const)))(
    "%s, %s",
    async (name, theme) => {
      const page = await stage.visit("/", { theme });
      await page.route("**/v1/**", (route) =>
        route.fulfill({
          status: 403,
          contentType: "application/problem+json",
          body: JSON.stringify({
            code: "forbidden",
            title: "Not allowed",
            status: 403,
            detail: "This key may not read it.",
          }),
        }),
      );
      await page.goto(stage.engine.url + SCREENS[name]!(made));
      await page.getByText("This key may not read it.").first().waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await page.context().close();
    },
  );
});
