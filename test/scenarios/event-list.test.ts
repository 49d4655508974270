// The list of events: page after page, of any name and of one, with what each has caused.
import { createFunction } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly received_at: string;
  readonly bytes: number;
  readonly preview: string;
  readonly runs: number;
  readonly skips: number;
}

const both = ["one", "two"].map((id) =>
  createFunction({ id, trigger: { event: "both" }, handler: () => id }),
);
const picky = createFunction({
  id: "picky",
  trigger: { event: "both", if: "event.data.n > 1" },
  handler: () => 1,
});
const gathers = createFunction({
  id: "gathers",
  trigger: { event: "drop" },
  batch: { maxSize: 2, maxWait: "1h" },
  handler: ({ events }) => events.length,
});
const sends = createFunction({
  id: "sends",
  trigger: { event: "send" },
  handler: ({ step }) => step.sendEvent("on", { name: "both", data: { n: 2 } }),
});

let engine: Awaited<ReturnType<typeof startEngine>>;
let shop: Awaited<ReturnType<typeof startSdkApp>>;
let bank: Awaited<ReturnType<typeof startSdkApp>>;

beforeAll(async () => {
  engine = await startEngine();
  shop = await startSdkApp(engine, "shop", [...both, picky, gathers, sends]);
  bank = await startSdkApp(engine, "bank", both);
});
afterAll(async () => {
  await expectInvariants(engine.database);
  await Promise.all([shop.stop(), bank.stop()]);
  await engine.stop();
});

const send = async (app: string, body: unknown) =>
  (await engine.call("POST", `/v1/events?app=${app}`, body)).json as {
    ids: string[];
    runs: { run: string }[];
  };
const page = async (query = "", app = "shop") => {
  const { status, json, text } = await engine.call("GET", `/v1/apps/${app}/dev/events${query}`);
  expect(status, text).toBe(200);
  return json as { events: Listed[]; next: string | null };
};
async function everyPage(query: string, limit: number): Promise<Listed[]> {
  const all: Listed[] = [];
  for (let cursor = ""; ; ) {
    const { events, next } = await page(`?limit=${limit}${query}${cursor}`);
    all.push(...events);
    if (next === null) return all;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
}

test("each is told with the runs that it started and those that it did not, as its own page has them", async () => {
  const { ids } = await send("shop", { name: "both", data: { n: 1, text: "é".repeat(300) } });
  const { events, next } = await page("?name=both");
  expect(next).toBe(null);
  expect(events).toEqual([
    {
      id: ids[0],
      name: "both",
      time: expect.any(String),
      received_at: expect.any(String),
      bytes: 617,
      preview: `{"n":1,"text":"${"é".repeat(185)}`,
      runs: 2,
      skips: 1,
    },
  ]);
  const shown = (await engine.call("GET", `/v1/apps/shop/dev/events/${ids[0]}`)).json;
  expect([shown.runs.length, shown.skips.length]).toEqual([2, 1]);
  expect(shown.received_at).toBe(events[0]!.received_at);
});

test("what a batch takes in counts for each of its events; a run that goes over one again for none", async () => {
  await send("shop", [
    { name: "drop", id: "first" },
    { name: "drop", id: "second" },
  ]);
  expect((await page("?name=drop")).events.map(({ id, runs }) => [id, runs])).toEqual(
    expect.arrayContaining([
      ["first", 1],
      ["second", 1],
    ]),
  );
  const { runs, ids } = await send("shop", { name: "both", data: { n: 1 } });
  for (const { run } of runs) await shop.ended(run);
  const again = await engine.call("POST", `/v1/apps/shop/dev/runs/${runs[0]!.run}/rerun`, {});
  expect(again.status, again.text).toBe(200);
  expect((await page("?name=both")).events.find(({ id }) => id === ids[0])!.runs).toBe(2);
  // Other data for a rerun is no event that anybody sent.
  const before = (await everyPage("", 200)).length;
  const other = await engine.call("POST", `/v1/apps/shop/dev/runs/${runs[0]!.run}/rerun`, { data: { n: 7 } });
  expect(other.status, other.text).toBe(200);
  expect(await everyPage("", 200)).toHaveLength(before);
});

test("a skip that a person ran anyway is a run of its event", async () => {
  const { ids } = await send("shop", { name: "both", data: { n: 0 } });
  const { skips } = (await engine.call("GET", `/v1/apps/shop/dev/skips?event=${ids[0]}`)).json;
  expect((await engine.call("POST", `/v1/apps/shop/dev/skips/${skips[0].id}/run`)).status).toBe(200);
  const [event] = (await page("?name=both&limit=1")).events;
  expect(event).toMatchObject({ id: ids[0], runs: 3, skips: 1 });
});

test("what steps send is listed, too", async () => {
  await shop.ended(await shop.start("send"));
  const [event] = (await page("?limit=1")).events;
  expect(event).toMatchObject({ name: "both", preview: '{"n":2}', runs: 3, skips: 0 });
});

test("pages of any name, of one, and between two times have each event once, newest first", async () => {
  for (let batch = 0; batch < 5; batch += 1)
    await send(
      "shop",
      Array.from({ length: 20 }, (_, no) => ({ name: no % 2 === 0 ? "even" : "odd" })),
    );
  const whole = await everyPage("", 200);
  const inPages = await everyPage("", 7);
  expect(inPages.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
  expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);

  const even = await everyPage("&name=even", 7);
  expect(even).toHaveLength(50);
  expect(new Set(even.map(({ id }) => id)).size).toBe(50);
  expect(even.every(({ name }) => name === "even")).toBe(true);
  const times = even.map(({ received_at }) => received_at);
  expect(times).toEqual(times.toSorted().reverse());
  expect((await page("?name=eve")).events).toEqual([]);

  await waitFor("a moment later", () => Date.now() > Date.parse(whole[0]!.received_at) + 5);
  const from = new Date().toISOString();
  await waitFor("a moment later", () => Date.now() > Date.parse(from) + 20);
  const { ids } = await send("shop", { name: "even" });
  for (const query of [`&from=${from}`, `&name=even&from=${from}`])
    expect((await everyPage(query, 3)).map(({ id }) => id)).toEqual(ids);
  expect((await everyPage(`&to=${from}`, 50)).map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
  expect(await everyPage(`&name=even&to=${from}`, 50)).toHaveLength(50);
});

test("another workspace's are not in it, and what cannot be a name or a cursor is refused", async () => {
  const { ids } = await send("bank", { name: "both" });
  expect((await page("", "bank")).events.map(({ id }) => id)).toEqual(ids);
  expect((await everyPage("", 200)).map(({ id }) => id)).not.toContain(ids[0]);
  for (const query of ["name=a%00", "name=", "name=a%20b", "cursor=1", "cursor=1.x", "from=yesterday"])
    expect((await engine.call("GET", `/v1/apps/shop/dev/events?${query}`)).json.code, query).toBe(
      "validation",
    );
  expect((await engine.call("GET", "/v1/apps/nobody/dev/events")).status).toBe(404);
});
