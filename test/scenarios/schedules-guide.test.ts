// docs/guides/schedules.md, run: its blocks are one file, and its functions keep to what the page says of them.
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { readCron } from "../../engine/src/domain/cron.ts";
import { ticksAfter } from "../../engine/src/domain/ticks.ts";
import type { TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";
import { loadGuide } from "../support/load-guide.ts";

const SERVICES = `
export const said = [];
export const digest = (tick) => { said.push("digest " + tick); };
export const invoice = (of) => { said.push("invoice " + of); };
export const poll = () => { said.push("poll"); };
`;

let kit: TestKit;
let said: string[];

beforeAll(async () => {
  const { functions, services } = await loadGuide<{ said: string[] }>("schedules", SERVICES);
  said = services.said;
  kit = await openKit({ functions: functions.filter(({ id }) => id !== "inbox") });
});

test("a week has five reports, at nine in Zurich, and an invoice for it", async () => {
  await kit.advance("7d");
  const reports = said
    .filter((each) => each.startsWith("digest"))
    .map((each) => new Date(each.slice("digest ".length)));
  const zurich = new Intl.DateTimeFormat("en", {
    timeZone: "Europe/Zurich",
    hour: "numeric",
    hourCycle: "h23",
  });
  expect(reports.map((at) => zurich.format(at))).toEqual(["09", "09", "09", "09", "09"]);
  expect(said).toContain("invoice week");
  await kit.advance("28d");
  expect(said.filter((each) => each === "invoice board")).toHaveLength(1);
  await kit.send([
    { name: "order.placed", data: { total: 5 } },
    { name: "order.placed", data: { total: 0 } },
  ]);
  await kit.settled();
  expect(said.filter((each) => each === "invoice order.placed")).toHaveLength(1);
});

test("the inbox is polled every fifteen minutes, for a poll takes twelve", async () => {
  const { functions, services } = await loadGuide<{ said: string[] }>("schedules", SERVICES);
  const own = await openKit({ functions: functions.filter(({ id }) => id === "inbox") });
  await own.advance("61m");
  expect(services.said.length).toBeGreaterThanOrEqual(4);
  expect(services.said.length).toBeLessThanOrEqual(5);
});

test("the table of the days on which clocks are set is true", () => {
  const page = readFileSync(new URL("../../docs/guides/schedules.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| (`[^|]+`) \| ([^|]+) \| ([^|]+) \|$/gm)].slice(0, 3);
  const told = rows.map(([, line, forward, back]) => [
    line!.replaceAll("`", ""),
    hoursIn(forward!),
    hoursIn(back!),
  ]);
  const zone = "Europe/Zurich";
  const clock = new Intl.DateTimeFormat("de", { timeZone: zone, hour: "numeric", minute: "2-digit" });
  const on = (line: string, midnight: string) => {
    const cron = readCron(line);
    if (typeof cron === "string") throw new Error(cron);
    const fromMs = Date.parse(midnight);
    return [...ticksAfter({ cron, zone }, fromMs - 1, fromMs + 12 * 3_600_000)].map((tick) =>
      clock.format(tick).replace(/^0/, ""),
    );
  };
  expect(told).toHaveLength(3);
  for (const [line, forward, back] of told as [string, string[], string[]][]) {
    expect(on(line, "2026-03-28T23:00:00Z"), line).toEqual(forward);
    expect(on(line, "2026-10-24T22:00:00Z"), line).toEqual(back);
  }
});

function hoursIn(text: string): string[] {
  return [...text.matchAll(/\d+:\d\d/g)].map(([hour]) => hour);
}
