// docs/guides/shapes.md, run: its blocks are one file, its functions keep to what the page says of them, and it names every
// reason there is.
import { readFileSync } from "node:fs";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { SKIP_REASONS } from "../../engine/src/store/event-rows.ts";
import type { TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";
import { loadGuide } from "../support/load-guide.ts";

const SERVICES = `
export const said = [];
const say = (word) => (what) => void said.push(word + " " + JSON.stringify(what));
export const charge = say("charge");
export const index = say("index");
export const ring = () => void said.push("ring");
export const store = say("store");
export const warn = say("warn");
export const sync = (user, word) => void said.push(word + " " + user);
`;

let kit: TestKit;
let said: string[];

beforeAll(async () => {
  const guide = await loadGuide<{ readonly said: string[] }>("shapes", SERVICES);
  said = guide.services.said;
  kit = await openKit({ functions: guide.functions });
});
beforeEach(() => {
  said.length = 0;
});

async function send(name: string, ...list: readonly object[]): Promise<void> {
  await kit.send(list.map((data) => ({ name, data })));
  await kit.settled();
}

test("an order is charged once", async () => {
  await send("order.placed", { order: 1 }, { order: 1 }, { order: 2 });
  expect(said.sort()).toEqual(["charge 1", "charge 2"]);
});

test("a document is indexed when nobody types any more", async () => {
  await send("document.edited", { doc: 1, text: "a" });
  await kit.advance("6s");
  await send("document.edited", { doc: 1, text: "ab" });
  await kit.advance("11s");
  expect(said).toEqual(['index "ab"']);
});

test("the bell rings at the first press", async () => {
  await send("button.pressed", {}, {}, {});
  expect(said).toEqual(["ring"]);
});

test("a hundred clicks are one write, or what there is after half a minute", async () => {
  const clicks = Array.from({ length: 101 }, (_, page) => ({ site: "s", page }));
  await send("click", ...clicks);
  expect(said).toHaveLength(1);
  await kit.advance("31s");
  expect(said[1]).toBe("store [100]");
});

test("two warnings an hour for a host", async () => {
  await send("disk.full", { host: "a" }, { host: "a" }, { host: "a" }, { host: "b" });
  expect(said.sort()).toEqual(['warn "a"', 'warn "a"', 'warn "b"']);
});

test("the newest change of a calendar wins", async () => {
  await send("calendar.changed", { user: "ann" });
  await send("calendar.changed", { user: "ann" });
  await kit.advance("2m");
  expect(said).toEqual(["fetched ann", "fetched ann", "written ann"]);
});

test("the page names every reason of a skip", () => {
  const page = readFileSync(new URL("../../docs/guides/shapes.md", import.meta.url), "utf8");
  const named = [...page.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) \|/gm)].flatMap(
    ([, cell]) => cell!.match(/[a-z-]+/g)!,
  );
  expect(SKIP_REASONS.filter((reason) => !named.includes(reason))).toEqual([]);
});
