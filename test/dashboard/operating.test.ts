// What operators do, in a real browser against a real engine: each click ends in what the API says.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Population, populate } from "./population.ts";
import { canBrowse, complaintsOf, type Stage, startStage } from "./stage.ts";

const PATH = "/v1/apps/shop/dev";

let stage: Stage;
let made: Population;
let page: Page;

const get = async (path: string) => (await stage.engine.call("GET", `${PATH}${path}`)).json;
const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
const dialog = () => page.getByRole("dialog");

async function visit(path: string): Promise<void> {
  page = await stage.visit(`/shop/dev${path}`);
}

beforeAll(async () => {
  if (!canBrowse) return;
  stage = await startStage();
  made = await populate(stage.engine.call);
});
afterEach(async () => {
  if (page !== undefined && !page.isClosed()) expect(complaintsOf(page)).toEqual([]);
  await page?.close();
});
afterAll(() => stage?.stop());

describe.skipIf(!canBrowse)("an operator", () => {
  test("approves what a run asks, with a word why", async () => {
    await visit("/inbox");
    await button(/Refund 20 CHF/).click();
    await page.getByLabel("Why").fill("The parcel came back");
    await button("Approve").click();
    await button(/Refund 20 CHF/).waitFor({ state: "detached" });
    const { inputs } = await get("/inputs?status=answered");
    expect(inputs).toMatchObject([
      { title: "Refund 20 CHF?", answer: { value: { approved: true, comment: "The parcel came back" } } },
    ]);
  });

  test("sees who waits at a limit, lets nobody in, and goes back", async () => {
    await visit("/limits");
    await page.getByText("1 at a time").first().waitFor();
    await button("Zurich").click();
    await page.getByText("Who has held a place for longest").waitFor();
    await button("Set another number").first().click();
    await dialog().getByRole("textbox").first().fill("0");
    await dialog().getByRole("button", { name: "Set it to 0" }).click();
    await page.getByText("Nobody is let in").waitFor();
    await button("Change or set back").click();
    await dialog()
      .getByRole("button", { name: /^Back to what the app declares/ })
      .click();
    await dialog()
      .getByRole("button", { name: /^Set it back/ })
      .click();
    await page.getByText("Nobody is let in").waitFor({ state: "detached" });
    const { limits } = await get("/limits");
    expect(limits.every((limit: { set_to: number | null }) => limit.set_to === null)).toBe(true);
  });

  test("makes a schedule by hand, and knows when it comes before it is there", async () => {
    await visit("/schedules");
    await button("New schedule").click();
    await dialog().getByLabel("Name").fill("by-hand");
    await dialog().getByLabel("Function").selectOption("nightly");
    await dialog().getByLabel("When").fill("0 25 * * *");
    await dialog().getByText("This is no cron line").waitFor();
    await dialog().getByLabel("When").fill("30 6 * * mon");
    await dialog()
      .getByText(/^At 06:30, every Monday/)
      .waitFor();
    await dialog().getByRole("button", { name: "Create it" }).click();
    await dialog().waitFor({ state: "detached" });
    const { schedules } = await get("/schedules");
    expect(schedules).toMatchObject([{ id: "by-hand", cron: "30 6 * * mon" }, { declared: true }]);
  });

  test("looks at an error and says that it is mended", async () => {
    await visit(`/errors/${made.fingerprint}`);
    await page.getByText("Where", { exact: true }).waitFor();
    await button("Resolve").click();
    await dialog().getByLabel("Reason").fill("Deployed");
    await dialog().getByRole("button", { name: "Resolve it" }).click();
    await page.getByText("Resolved", { exact: true }).waitFor();
    expect(await get(`/errors/${made.fingerprint}`)).toMatchObject({
      state: "resolved",
      state_reason: "Deployed",
    });
  });

  test("reads the lines of a run, what all have said, and what they say from now on", async () => {
    const { runs } = await get("/runs?q=function:order%20event:order-A-1");
    await visit(`/logs?run=${runs[0].id}`);
    await page.getByText("reserving for A-1").waitFor();
    await visit("/logs");
    await page.getByText("reserving for A-1").first().waitFor();
    await stage.engine.call("POST", "/v1/events?app=shop", {
      name: "order.placed",
      data: { orderId: "Z-1", total: 1 },
    });
    await page.getByText("reserving for Z-1").waitFor();
  });

  test("sees figures as a picture and as a table", async () => {
    await visit("/metrics?range=1h");
    await page.locator(".uplot canvas").first().waitFor();
    await button("Table").first().click();
    await page.getByRole("region", { name: "Runs that ended, as a table" }).waitFor();
  });

  test("makes a key, sees it once, and revokes it", async () => {
    await visit("/settings");
    await button("New key").click();
    await dialog().getByRole("button", { name: "Create it" }).click();
    const key = await dialog().locator("code").textContent();
    expect(key).toMatch(/^evk_/);
    await button("I have it").click();
    await button(/^Revoke evk_/).click();
    await dialog().getByRole("button", { name: "Revoke it" }).click();
    await page.getByText("Revoked", { exact: true }).waitFor();
    const { keys } = await get("/keys");
    expect(keys).toMatchObject([{ scope: "send", revoked_at: expect.any(String) }]);
  });

  test("syncs the app, and finds the sync in its history", async () => {
    await visit("/syncs");
    await button("Sync now").click();
    await page.getByText(/Nothing has changed/).waitFor();
    await page.locator("a[data-row-link]").first().click();
    await page.waitForURL(/\/syncs\/\d+/);
    await page.getByText("What it declares").first().waitFor();
  });

  test("is asked twice in production", async () => {
    await visit("/settings?section=production");
    await button("Mark as production").click();
    await dialog().getByRole("button", { name: "Mark it as production" }).click();
    await page.getByText("DEV is production").waitFor();
    await button("Take the mark away").click();
    await dialog().getByRole("button", { name: "Take the mark away" }).click();
    await dialog()
      .getByRole("button", { name: /in DEV – click again/ })
      .click();
    await page.getByText("DEV is not production").waitFor();
    // The browser tells of a 428, which is what was wanted.
    expect(complaintsOf(page).every((said) => said.includes("428"))).toBe(true);
  });
});
