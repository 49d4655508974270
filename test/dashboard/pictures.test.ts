// Only for `npm run pictures`: every screen as a picture, at 1440 and 390 pixels, light and dark, of a real engine with real runs.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { type Population, populate } from "./population.ts";
import { SCREENS } from "./screens.ts";
import { type Stage, startStage } from "./stage.ts";

const FOLDER = process.env["DURABLE_PICTURES"]!;
const ONLY = (process.env["DURABLE_SCREENS"] ?? "").split(",").filter((name) => name !== "");
const CHARTS_MS = 500;
const SIZES = { wide: { width: 1_440, height: 900 }, phone: { width: 390, height: 844 } } as const;

let stage: Stage;
let made: Population;

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  stage = await startStage();
  made = await populate(stage.engine.call);
});
afterAll(() => stage.stop());

const names = Object.keys(SCREENS).filter((name) => ONLY.length === 0 || ONLY.includes(name));

test.each(names)("%s", async (name) => {
  for (const theme of ["light", "dark"] as const) {
    for (const [size, box] of Object.entries(SIZES)) {
      const page = await stage.visit(SCREENS[name]!(made), { theme, ...box });
      // Charts are drawn a moment after their figures have come.
      await page.waitForTimeout(CHARTS_MS);
      await page.screenshot({
        path: join(FOLDER, `${name}-${size}-${theme}.png`),
        fullPage: size === "phone",
      });
      await page.context().close();
    }
  }
});
