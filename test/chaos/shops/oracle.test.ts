import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { World } from "../../invariants/invariant.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { shopInvariants } from "./oracle.ts";
import type { Orders, Placed } from "./orders.ts";
import { ledgerOf } from "./shop-place.ts";

const OWN = "shop-php";
const OTHER = "shop-typescript";
type Deeds = readonly (readonly [deed: string, key: string])[];

const PAID: Deeds = [
  ["stock reserved", "a/1"],
  ["card charged", "a/2"],
];
const SHIPPED: Deeds = [...PAID, ["label printed", "b/1"], ["mail sent", "c/1"]];
const CARRIER: Deeds = [["carrier booked", "d/1"]];
/** Receipts are the beginnings of the hashes of "a/2", "b/1" and "d/1". */
const OUTPUT = JSON.stringify({
  ...{ order: "o1", paid: 109, charge: "008ab504" },
  delivery: { label: "c2c4324f", carrier: "7b2bc40a" },
});

/** The numbers of those that are broken by this: one order, what both shops did for it, and how its run ended. */
async function broken(
  kind: Placed["kind"],
  own: Deeds,
  other: Deeds,
  end: { status: string; output?: string; failure?: string },
): Promise<string[]> {
  const folder = tempFolder("oracle");
  const lines = (deeds: Deeds) =>
    deeds.map(([deed, key]) => `${JSON.stringify({ deed, order: "o1", key })}\n`).join("");
  writeFileSync(ledgerOf(folder, OWN), lines(own));
  writeFileSync(ledgerOf(folder, OTHER), lines(other));
  const placed = new Map([["o1", { order: "o1", app: OWN, kind, total: 100 }]]);
  const row = { app: OWN, order: "o1", output: null, failure: null, ...end };
  const mail = { ...row, status: "completed", output: '"sent"' };
  const sql = async (_: unknown, fn: string) =>
    fn === "checkout" ? [row] : kind === "shipped" ? [mail] : [];
  const world = { sql } as unknown as World;
  const invariants = shopInvariants({
    folder,
    orders: { placed } as unknown as Orders,
    shopLog: join(folder, "none"),
  });
  const found = await Promise.all(
    invariants
      .filter(({ number }) => /^Y[1-5]$/.test(number))
      .map(async (invariant) => ((await invariant.check(world)).violations > 0 ? [invariant.number] : [])),
  );
  return found.flat();
}

const shipped = { status: "completed", output: OUTPUT };
const failed = (message: string) => ({ status: "failed", failure: JSON.stringify({ message }) });

test("what is as it has to be breaks nothing", async () => {
  expect(await broken("shipped", [...SHIPPED, ["card charged", "a/2"]], CARRIER, shipped)).toEqual([]);
  const all: Deeds = [...PAID, ["card refunded", "a/4"], ["stock released", "a/5"]];
  expect(await broken("forgotten", all, [], failed("nobody approved order o1"))).toEqual([]);
  expect(await broken("busy", PAID, [], { status: "cancelled" })).toEqual([]);
});

test.each<[what: string, numbers: string[], ...Parameters<typeof broken>]>([
  [
    "a card charged under two keys",
    ["Y1"],
    "shipped",
    [...SHIPPED, ["card charged", "z/9"]],
    CARRIER,
    shipped,
  ],
  ["two carriers", ["Y1"], "shipped", SHIPPED, [...CARRIER, ["carrier booked", "e/1"]], shipped],
  ["a mail that was never sent", ["Y5"], "shipped", SHIPPED.slice(0, 3), CARRIER, shipped],
  ["two mails", ["Y2"], "shipped", [...SHIPPED, ["mail sent", "c/1"]], CARRIER, shipped],
  [
    "a receipt that is another's",
    ["Y3"],
    "shipped",
    SHIPPED,
    CARRIER,
    { ...shipped, output: OUTPUT.replace("008a", "a800") },
  ],
  ["an order that failed for no reason", ["Y3"], "shipped", SHIPPED, CARRIER, failed("lost")],
  ["an order that nobody hears of", ["Y3"], "shipped", SHIPPED, CARRIER, { status: "running" }],
  ["no carrier", ["Y3", "Y4"], "shipped", SHIPPED, [], shipped],
  [
    "stock that is kept",
    ["Y4"],
    "stolen",
    [["stock reserved", "a/1"]],
    [],
    failed("the bank keeps the card of order o1"),
  ],
  [
    "a carrier for what was forgotten",
    ["Y4"],
    "forgotten",
    [...PAID, ["card refunded", "a/4"], ["stock released", "a/5"]],
    CARRIER,
    failed("nobody approved order o1"),
  ],
  ["a refund without a charge", ["Y4"], "busy", [["card refunded", "a/4"]], [], { status: "cancelled" }],
])("%s is seen", async (_, numbers, ...given) => {
  expect(await broken(...given)).toEqual(numbers);
});
