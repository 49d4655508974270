// The shop that is written twice: orders of the one are shipped by the other, in one run. What both did to the world stands in
// their ledgers, outside of the database.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Ledger } from "../../examples/shop-typescript/src/ledger.ts";
import { shop } from "../../examples/shop-typescript/src/shop.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { PhpServer, phpVersion } from "../php/php.ts";
import { startEngine } from "../scenarios/api-engine.ts";
import { startSdkApp } from "../scenarios/sdk-app.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait.ts";
import { type Entry, entriesOf } from "./entries.ts";
import { makePhpShop } from "./php-shop.ts";

const TYPESCRIPT = "shop-typescript";
const PHP = "shop-php";

describe.skipIf(phpVersion === null)("the two shops", () => {
  const folder = tempFolder("shops");
  const ledgers: Record<string, string> = {
    [TYPESCRIPT]: join(folder, "typescript.jsonl"),
    [PHP]: join(folder, "php.jsonl"),
  };
  let engine: Awaited<ReturnType<typeof startEngine>>;
  let typescript: Awaited<ReturnType<typeof startSdkApp>>;
  let php: PhpServer;

  const at = (app: string) => `/v1/apps/${app}/dev`;
  const allow = (app: string, caller: string) =>
    engine.call("PUT", `${at(app)}/callers/${caller}`, { functions: ["ship", "label"] });

  beforeAll(async () => {
    engine = await startEngine();
    typescript = await startSdkApp(engine, TYPESCRIPT, shop(new Ledger(ledgers[TYPESCRIPT]!), PHP));
    const environment = { DURABLE_URL: engine.url, SHOP_LEDGER: ledgers[PHP]! };
    php = await PhpServer.serving(makePhpShop(join(folder, "php")), environment);
    const synced = await engine.call("POST", `${at(PHP)}/sync`, { url: php.url });
    expect(synced.status, synced.text).toBe(200);
    expect((await allow(PHP, TYPESCRIPT)).status).toBe(200);
    expect((await allow(TYPESCRIPT, PHP)).status).toBe(200);
  });
  beforeEach(() => {
    for (const file of Object.values(ledgers)) rmSync(file, { force: true });
  });
  afterEach(() => expectInvariants(engine.database));
  afterAll(async () => {
    await php?.stop();
    await typescript?.stop();
    await engine?.stop();
  });

  let count = 0;

  /** The run of an order that somebody has approved, and its end. */
  async function ordered(
    app: string,
    data: { readonly to?: string; readonly card?: string; readonly patience?: string },
  ) {
    count += 1;
    const order = `order-${count}`;
    const placed = { order, total: 7, card: "good", to: "Bern", coolingOff: "20ms", ...data };
    const sent = await engine.call("POST", `/v1/events?app=${app}`, { name: "order.placed", data: placed });
    const run: string = sent.json.runs[0].run;
    if (data.patience === undefined)
      await engine.call("POST", `/v1/events?app=${app}`, { name: "order.approved", data: { order } });
    const { status, output, failure } = (await engine.call("GET", `${at(app)}/runs/${run}?wait=60`)).json;
    return { order, run, status, output, failure };
  }

  const entries = (app: string): Entry[] => entriesOf(ledgers[app]!);
  const deeds = (app: string) => entries(app).map(({ deed }) => deed);
  const mailed = (app: string) => waitFor("the mail", () => deeds(app).includes("mail sent"));

  describe.each([
    [TYPESCRIPT, PHP],
    [PHP, TYPESCRIPT],
  ])("an order at %s, which %s ships", (own, other) => {
    test("is one run through both, and back", async () => {
      const { order, run, status, output } = await ordered(own, {});
      expect(status).toBe("completed");
      const receipt = expect.stringMatching(/^[0-9a-f]{8}$/);
      expect(output).toEqual({
        ...{ order, paid: 8, charge: receipt },
        delivery: { label: receipt, carrier: receipt },
      });
      await mailed(own);
      expect(deeds(own).sort()).toEqual(["card charged", "label printed", "mail sent", "stock reserved"]);
      expect(deeds(other)).toEqual(["carrier booked"]);
      const tree = (await engine.call("GET", `${at(own)}/runs/${run}`)).json;
      expect(tree.children).toMatchObject([{ app: other, function: "ship", status: "completed" }]);
      const shipped = (await engine.call("GET", `${at(other)}/runs/${tree.children[0].run}`)).json;
      expect(shipped.parent).toMatchObject({ run, app: own });
      expect(shipped.children).toMatchObject([{ app: own, function: "label", status: "completed" }]);
    });

    test("an error is thrown in the other language, by its name and message", async () => {
      const { status, output } = await ordered(own, { to: "Atlantis" });
      expect(status).toBe("completed");
      expect(output.delivery).toEqual({
        collect: "NoCarrierError: no carrier goes to Atlantis",
        cause: null,
      });
      expect(deeds(other)).toEqual([]);
    });

    test("an error goes there and comes back as the cause of another", async () => {
      const { status, output } = await ordered(own, { to: "Nowhere" });
      expect(status).toBe("completed");
      expect(output.delivery).toEqual({
        collect: "NoCarrierError: nobody finds Nowhere",
        cause: "AddressError",
      });
      expect(deeds(own)).not.toContain("label printed");
    });

    test("what failed once is tried again, under the key it had", async () => {
      const { status, run } = await ordered(own, { card: "busy" });
      expect(status).toBe("completed");
      await mailed(own);
      expect(entries(own).filter(({ deed }) => deed === "card charged")).toHaveLength(1);
      const { steps } = (await engine.call("GET", `${at(own)}/runs/${run}`)).json;
      expect(steps.find(({ name }: { name: string }) => name === "charge card").attempt).toBe(2);
    });

    test("an order that fails is undone, and the other shop never hears of it", async () => {
      const stolen = await ordered(own, { card: "stolen" });
      expect(stolen).toMatchObject({ status: "failed", failure: { name: "CardDeclinedError" } });
      expect(deeds(own)).toEqual(["stock reserved", "stock released"]);
      const forgotten = await ordered(own, { patience: "50ms" });
      expect(forgotten.failure.message).toBe(`nobody approved order ${forgotten.order}`);
      expect(deeds(own).slice(2).sort()).toEqual([
        ...["card charged", "card refunded", "stock released", "stock reserved"],
      ]);
      expect(deeds(other)).toEqual([]);
    });

    test("without leave nothing crosses, and what was done is undone", async () => {
      await engine.call("DELETE", `${at(other)}/callers/${own}`);
      try {
        const { status, failure } = await ordered(own, {});
        expect([status, failure.name]).toEqual(["failed", "ForeignAppError"]);
        expect(deeds(own).slice(-2).sort()).toEqual(["card refunded", "stock released"]);
      } finally {
        await allow(other, own);
      }
    });
  });

  test("both declare the same functions, and take no order without its parts", async () => {
    const declared = async (app: string) => {
      const { functions } = (await engine.call("GET", `${at(app)}/functions`)).json;
      return functions.map(({ id }: { id: string }) => id).sort();
    };
    expect(await declared(PHP)).toEqual(await declared(TYPESCRIPT));
    for (const app of [TYPESCRIPT, PHP]) {
      const { json } = await engine.call("POST", `/v1/events?app=${app}`, {
        name: "order.placed",
        data: { order: 7 },
      });
      expect(json.runs, app).toEqual([]);
    }
  });
});
