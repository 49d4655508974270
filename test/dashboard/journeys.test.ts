// What people come for, from its first click to its last, in a real browser against a real engine.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine } from "../scenarios/api-engine.ts";
import { startSdkApp } from "../scenarios/sdk-app.ts";
import { waitFor } from "../support/wait.ts";
import { type Population, populate } from "./population.ts";
import { SHOP } from "./shop.ts";
import { canBrowse, complaintsOf, type Stage, startStage } from "./stage.ts";

const PATH = "/v1/apps/shop/dev";

let stage: Stage;
let made: Population;
let page: Page;

const call = (method: string, path: string, body?: unknown) => stage.engine.call(method, path, body);
const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
const dialog = () => page.getByRole("dialog");
/** Id of the run that the page is about. */
const runShown = () => new URL(page.url()).pathname.split("/")[4]!;

async function visit(path: string): Promise<void> {
  page = await stage.visit(path);
}

beforeAll(async () => {
  if (!canBrowse) return;
  stage = await startStage();
  made = await populate(stage.engine.call);
});
afterAll(() => stage?.stop());

describe.skipIf(!canBrowse)("a person", () => {
  test("starts an app for the first time, and a run of it by its form", async () => {
    const fresh = await startEngine();
    try {
      page = await stage.visit("/", { url: fresh.url });
      await page.getByText("Waiting for your app").waitFor();
      const app = await startSdkApp(fresh, "shop", SHOP);
      await page.getByRole("link", { name: "shop DEV" }).click();
      await page
        .getByRole("navigation", { name: "Screens" })
        .getByRole("link", { name: "Functions" })
        .click();
      await page.getByRole("link", { name: "Trigger order" }).first().click();
      await page.getByLabel("orderId").fill("A-99");
      await page.getByLabel("total").fill("12.5");
      await button(/^Start a run/).click();
      await page.waitForURL(/\/shop\/dev\/runs\//);
      await page.getByText("Completed").first().waitFor();
      const { json } = await fresh.call("GET", `${PATH}/runs/${runShown()}`);
      expect(json.event.data).toMatchObject({ orderId: "A-99", total: 12.5 });
      await app.stop();
    } finally {
      await page.close();
      await fresh.stop();
    }
  });

  test("finds a failed run and runs it again from the step that failed", async () => {
    await visit("/shop/dev");
    await page.getByRole("navigation", { name: "Screens" }).getByRole("link", { name: "Runs" }).click();
    await page
      .getByRole("searchbox")
      .or(page.getByRole("combobox"))
      .first()
      .fill("status:failed function:charge");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=status/);
    await page.locator("a[data-row-link]").first().click();
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
    const failed = runShown();
    await button("Rerun with …").click();
    await dialog().getByLabel("From").selectOption({ label: "The step that failed" });
    await dialog().getByRole("button", { name: "Start 1 run" }).click();
    await expect.poll(runShown).not.toBe(failed);
    const { json } = await call("GET", `${PATH}/runs/${runShown()}`);
    expect(json.origin).toMatchObject({ run: failed, kind: "retry" });
  });

  test("answers an approval, and the run goes on", async () => {
    await visit("/shop/dev/inbox");
    await page.getByText("Refund 350 CHF?").first().click();
    await button("Approve").first().click();
    await waitFor("the run to end", async () => {
      const { json } = await call(
        "GET",
        `${PATH}/runs?q=${encodeURIComponent("function:refund status:completed")}`,
      );
      return json.runs.length === 1;
    });
  });

  test("learns why an event started no run", async () => {
    await visit("/shop/dev/events");
    // The one before the last: the last is what the run that waits has got.
    await page
      .getByRole("link", { name: /page\.viewed/ })
      .nth(1)
      .click();
    await page
      .getByText(/debounce/i)
      .first()
      .waitFor();
    await page.getByText("digest").first().waitFor();
  });

  test("rotates a key: a new one is shown once, the old one is revoked", async () => {
    await call("POST", `${PATH}/keys`, { scope: "send" });
    await visit("/shop/dev/settings?section=keys");
    await button(/New key/).click();
    await dialog().getByRole("button", { name: "Create it" }).click();
    const secret = await dialog().locator("code").first().textContent();
    expect(secret!.length).toBeGreaterThan(30);
    await page.keyboard.press("Escape");
    expect(await page.content()).not.toContain(secret!);
    await button(/^Revoke/)
      .last()
      .click();
    await dialog()
      .getByRole("button", { name: /Revoke/ })
      .click();
    await waitFor("the old key to be gone", async () => {
      const { json } = await call("GET", `${PATH}/keys`);
      return (
        json.keys.filter(({ revoked_at }: { revoked_at: string | null }) => revoked_at === null).length === 1
      );
    });
  });

  test("runs many again at once, and sees how far that is", async () => {
    await visit(`/shop/dev/runs?q=${encodeURIComponent("status:failed function:charge")}`);
    await page.getByLabel("Select all of this page").check();
    await button("Run again").click();
    await dialog()
      .getByRole("button", { name: /^Run .* again$/ })
      .click();
    await page.waitForURL(/\/bulk\//);
    const bulk = new URL(page.url()).pathname.split("/").at(-1)!;
    const held = page.getByRole("button", { name: /Continue/ });
    await page.getByRole("progressbar").first().waitFor();
    await waitFor("it to be done or held", async () => {
      const { json } = await call("GET", `${PATH}/bulks/${bulk}`);
      if (json.status === "held") await held.click();
      return json.status === "completed";
    });
    await page.getByText("Completed").first().waitFor();
  });

  test("cancels in production with the second click alone", async () => {
    await call("POST", `${PATH}/mark`, { production: true });
    await visit(`/shop/dev/runs/${made.waiting}`);
    const statusOf = async () => (await call("GET", `${PATH}/runs/${made.waiting}`)).json.status;
    const before = await statusOf();
    await button("Cancel …").click();
    await dialog().getByRole("button", { name: "Cancel 1 run" }).click();
    const armed = dialog().getByRole("button", { name: "Cancel 1 run in DEV – click again" });
    await armed.waitFor();
    expect(await statusOf()).toBe(before);
    await armed.click();
    await waitFor("the run to be cancelled", async () => (await statusOf()) === "cancelled");
    await page.getByText("Cancelled").first().waitFor();
    expect(complaintsOf(page).filter((text) => !text.includes("428"))).toEqual([]);
  });
});
