import { createHash } from "node:crypto";
import type { Sql } from "../../../engine/src/store/database.ts";
import { type Entry, entriesOf } from "../../examples/entries.ts";
import { AppLog } from "../../invariants/app-log.ts";
import { INVARIANTS } from "../../invariants/check.ts";
import { type Examined, examined, type Invariant } from "../../invariants/invariant.ts";
import type { OrderKind, Orders, Placed } from "./orders.ts";
import { ledgerOf, SHOPS } from "./shop-place.ts";

/** What both shops did to the world, by their ledgers, and what their customers were promised. */
export interface Outside {
  readonly folder: string;
  readonly orders: Orders;
  /** Of the requests that both got. */
  readonly shopLog: string;
}

interface Ended {
  readonly app: string;
  readonly order: string;
  readonly status: string;
  readonly output: string | null;
  readonly failure: string | null;
}

export function shopInvariants(outside: Outside): Invariant[] {
  const log = new AppLog(outside.shopLog);
  return [
    ...["9", "18", "43"].map((number) => ofShops(number, log)),
    {
      number: "Y1",
      name: "one key for a deed",
      sentence: "Whatever broke, nobody outside was ever asked for one deed of an order under two keys.",
      phase: "always",
      check: async () => oneKey(outside),
    },
    {
      number: "Y2",
      name: "at most once, in both shops",
      sentence: "The mail server, which takes no key, was asked at most once for an order.",
      phase: "always",
      check: async () => atMostOnce(outside),
    },
    {
      number: "Y3",
      name: "as ordered",
      sentence: "Every order that nobody cancelled ended as it had to, with what the other shop said.",
      phase: "after",
      check: async ({ sql }) => asOrdered(outside, await endsOf(sql, "checkout")),
    },
    {
      number: "Y4",
      name: "done, or undone",
      sentence: "What an order did to the world in both shops is what its end says, and nothing else.",
      phase: "after",
      check: async ({ sql }) => doneOrUndone(outside, await endsOf(sql, "checkout")),
    },
    {
      number: "Y5",
      name: "mailed",
      sentence: "Whoever was told that the mail is sent has sent it.",
      phase: "after",
      check: async ({ sql }) => mailed(outside, await endsOf(sql, "mail")),
    },
  ];
}

/** One of the others', held against what the shops were asked. */
function ofShops(number: string, appLog: AppLog): Invariant {
  const invariant = INVARIANTS.find((each) => each.number === number)!;
  return {
    ...invariant,
    number: `Y${number}`,
    name: `${invariant.name}, in both shops`,
    check: (world) => invariant.check({ ...world, appLog }),
  };
}

type Deed = Entry & { readonly app: string };

const deedsOf = ({ folder }: Outside): Deed[] =>
  SHOPS.flatMap(({ name }) => entriesOf(ledgerOf(folder, name)).map((entry) => ({ ...entry, app: name })));

function oneKey(outside: Outside): Examined {
  const keys = new Map<string, string>();
  const violations: string[] = [];
  for (const { app, deed, order, key } of deedsOf(outside)) {
    const what = `${deed} of ${order} in ${app}`;
    const before = keys.get(what) ?? key;
    if (before !== key) violations.push(`${what} was asked for with ${before} and with ${key}`);
    keys.set(what, before);
  }
  return examined(keys.size, violations);
}

function atMostOnce(outside: Outside): Examined {
  const mailed = new Map<string, number>();
  for (const { deed, order } of deedsOf(outside))
    if (deed === "mail sent") mailed.set(order, (mailed.get(order) ?? 0) + 1);
  const twice = [...mailed].filter(([, times]) => times > 1);
  return examined(
    mailed.size,
    twice.map(([order, times]) => `${times} mails for ${order}`),
  );
}

async function endsOf(sql: Sql, fn: "checkout" | "mail"): Promise<Ended[]> {
  const rows = await sql<Ended[]>`
    select w.app, e.data::json ->> 'order' as order, r.status, r.output, r.failure from durable.runs r
    join durable.workspaces w on w.id = r.workspace_id
    join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
    where r.function_id = ${fn} and r.status is not null and w.app like 'shop-%'`;
  return [...rows];
}

/** As the bank gives it. */
const receiptOf = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, 8);

/** The first ask for each deed of an order, in any shop. */
function firstDeeds(outside: Outside): (app: string, deed: string, order: string) => Deed | undefined {
  const first = new Map<string, Deed>();
  for (const each of deedsOf(outside)) {
    const what = `${each.app}/${each.deed}/${each.order}`;
    if (!first.has(what)) first.set(what, each);
  }
  return (app, deed, order) => first.get(`${app}/${deed}/${order}`);
}

const otherThan = (app: string): string => SHOPS.find(({ name }) => name !== app)!.name;

function asOrdered(outside: Outside, ends: readonly Ended[]): Examined {
  const done = firstDeeds(outside);
  const byOrder = new Map(ends.map((end) => [end.order, end]));
  const violations: string[] = [];
  for (const placed of outside.orders.placed.values()) {
    const { order, app } = placed;
    const end = byOrder.get(order);
    if (end?.status === "cancelled") continue;
    const receipt = (shop: string, deed: string) => receiptOf(done(shop, deed, order)?.key ?? "");
    const expected = expectedEnd(placed, {
      charge: receipt(app, "card charged"),
      label: receipt(app, "label printed"),
      carrier: receipt(otherThan(app), "carrier booked"),
    });
    const found = end?.status === "completed" ? end.output : `${end?.status} ${messageOf(end?.failure)}`;
    const same = end?.app === app && (found === expected || sameJson(found, expected));
    if (!same)
      violations.push(`${order} of ${app} (${placed.kind}) came to ${found} in ${end?.app}, not ${expected}`);
  }
  return examined(outside.orders.placed.size, violations);
}

/** What a completed run answers as JSON, or how a run fails. */
function expectedEnd(
  { order, kind, total }: Placed,
  { charge, label, carrier }: { readonly charge: string; readonly label: string; readonly carrier: string },
): string {
  const collect = (message: string, cause: string | null) => ({
    collect: `NoCarrierError: ${message}`,
    cause,
  });
  const completed = (delivery: object) =>
    JSON.stringify({ order, paid: total + Math.ceil(total * 0.081), charge, delivery });
  const ends: Record<OrderKind, string> = {
    shipped: completed({ label, carrier }),
    busy: completed({ label, carrier }),
    "no carrier": completed(collect("no carrier goes to Atlantis", null)),
    "no address": completed(collect("nobody finds Nowhere", "AddressError")),
    stolen: `failed the bank keeps the card of order ${order}`,
    forgotten: `failed nobody approved order ${order}`,
  };
  return ends[kind];
}

function messageOf(failure: string | null | undefined): string {
  return failure == null ? "" : (JSON.parse(failure) as { message: string }).message;
}

/** Whichever language wrote them. */
function sameJson(one: string | null, other: string): boolean {
  try {
    return JSON.stringify(JSON.parse(one ?? "")) === JSON.stringify(JSON.parse(other));
  } catch {
    return false;
  }
}

const PAID = ["stock reserved", "card charged"];
const UNDONE: Record<string, string> = {
  "stock reserved": "stock released",
  "card charged": "card refunded",
};

/** What an order of this kind has done at its own shop when it ended, and at the other one; the mail may still come, or never. */
function deedsFor(kind: OrderKind): { readonly own: readonly string[]; readonly other: readonly string[] } {
  switch (kind) {
    case "shipped":
    case "busy":
      return { own: [...PAID, "label printed"], other: ["carrier booked"] };
    case "no carrier":
      return { own: [...PAID, "label printed"], other: [] };
    case "no address":
      return { own: PAID, other: [] };
    case "stolen":
      return { own: ["stock reserved", "stock released"], other: [] };
    case "forgotten":
      return { own: [...PAID, ...Object.values(UNDONE)], other: [] };
  }
}

function doneOrUndone(outside: Outside, ends: readonly Ended[]): Examined {
  const { placed } = outside.orders;
  const violations: string[] = [];
  const deeds = new Map<string, Set<string>>();
  for (const { app, deed, order } of deedsOf(outside)) {
    if (deed === "mail sent") continue;
    const at = `${app} ${order}`;
    deeds.set(at, (deeds.get(at) ?? new Set()).add(deed));
  }
  for (const { order, app, status } of ends) {
    const own = deeds.get(`${app} ${order}`) ?? new Set();
    const other = deeds.get(`${otherThan(app)} ${order}`) ?? new Set();
    const told = (found: Iterable<string>) => [...found].sort().join(", ");
    if (status === "cancelled") {
      // A deed whose result was not recorded when the cancel came is not undone.
      for (const [done, undone] of Object.entries(UNDONE))
        if (own.has(undone) && !own.has(done)) violations.push(`${order}: ${undone}, and not ${done}`);
      continue;
    }
    const kind = placed.get(order)?.kind;
    if (kind === undefined) continue;
    const expected = deedsFor(kind);
    if (told(own) !== told(expected.own))
      violations.push(`${order} (${kind}) at ${app}: ${told(own)} instead of ${told(expected.own)}`);
    if (told(other) !== told(expected.other))
      violations.push(`${order} (${kind}) at the other shop: ${told(other)}`);
  }
  return examined(ends.length, violations);
}

function mailed(outside: Outside, ends: readonly Ended[]): Examined {
  const sent = new Set(
    deedsOf(outside)
      .filter(({ deed }) => deed === "mail sent")
      .map(({ app, order }) => `${app} ${order}`),
  );
  const lost = ends.filter(({ app, order, output }) => output === '"sent"' && !sent.has(`${app} ${order}`));
  return examined(
    ends.length,
    lost.map(({ app, order }) => `${app} says that it has mailed for ${order}`),
  );
}
