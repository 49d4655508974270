// Runs by their tags and by what stands at declared paths of their events, however they began; and what was made of an event again.
import { createFunction, Durable } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { saidBy } from "../support/command-line.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
let durable: Durable;

const bill = createFunction({
  id: "bill",
  tags: ["billing", "money"],
  searchable: ["data.user.id", "data.lines"],
  trigger: { event: "ordered" },
  handler: () => 1,
});
const plain = createFunction({ id: "plain", trigger: { event: "ordered" }, handler: () => 1 });
const parent = createFunction({
  id: "parent",
  handler: async ({ step, event }) => {
    await step.sendEvent("more", { name: "ordered", data: event.data, tags: ["sent"] });
    return step.invoke("child", bill, { input: event.data });
  },
});
const batch = createFunction({
  id: "batch",
  searchable: ["data.no"],
  trigger: { event: "counted" },
  batch: { maxSize: 2, maxWait: "1h" },
  handler: ({ events }) => events.length,
});

beforeAll(async () => {
  engine = await startEngine();
  app = await startSdkApp(engine, "shop", [bill, plain, parent, batch]);
  durable = new Durable({ app: "shop", url: engine.url });
});
afterAll(async () => {
  await expectInvariants(engine.database);
  await app.stop();
  await engine.stop();
});

const find = (q: string, where = "shop") =>
  engine.call("GET", `/v1/apps/${where}/dev/runs?q=${encodeURIComponent(q)}`);
const found = async (q: string) => (await find(q)).json.runs.map((run: { id: string }) => run.id).toSorted();
const started = async (...sent: Parameters<Durable["send"]>) =>
  Object.fromEntries((await durable.send(...sent)).runs.map((run) => [run.function, run.run]));

test("tags of the function and of the sender, and values at declared paths", async () => {
  const one = await started({
    name: "ordered",
    data: { user: { id: 42 }, lines: ["a b", "c"] },
    tags: ["import"],
  });
  const two = await started({ name: "ordered", data: { user: { id: "42" } } });
  expect(await found("tag:billing")).toEqual([one["bill"], two["bill"]].toSorted());
  expect(await found("tag:import")).toEqual([one["bill"], one["plain"]].toSorted());
  expect(await found("tag:import tag:money")).toEqual([one["bill"]]);
  expect(await found("data.user.id:42")).toEqual([one["bill"], two["bill"]].toSorted());
  expect(await found('data.user.id:42 data.lines:"a b" tag:import function:bill')).toEqual([one["bill"]]);
  expect(await found("data.user.id:43")).toEqual([]);
  // No row of a run that has nothing to be found by.
  const [rows] = await engine.database
    .sql`select count(*)::int as n from durable.run_terms where run_id = ${two["plain"]!}`;
  expect(rows!["n"]).toBe(0);
});

test("a path that nobody declares says how to, and another workspace's runs are not found", async () => {
  const answer = await find("data.user.name:Ada");
  expect(answer.status).toBe(422);
  expect(answer.json.errors[0]).toEqual({
    pointer: "?q",
    detail: expect.stringContaining('createFunction({ searchable: ["data.user.name"] })'),
  });
  await engine.database
    .sql`insert into durable.workspaces (app, environment) values ('other', 'dev') on conflict do nothing`;
  expect((await find("tag:billing", "other")).json.runs).toEqual([]);
  expect((await find("data.user.id:42", "other")).status).toBe(422);
});

test("runs that a run starts, by invoke and by a sent event, and those that are triggered", async () => {
  const { run } = await durable.start(parent, { user: { id: 7 } }, { tags: ["by-hand"] });
  await app.ended(run);
  expect(await found("tag:by-hand")).toEqual([run]);
  expect(await found("data.user.id:7")).toHaveLength(2);
  expect(await found("data.user.id:7 tag:sent")).toHaveLength(1);
  expect(await found(`data.user.id:7 parent:${run}`)).toHaveLength(1);
});

test("a batch is found by each of its events", async () => {
  const { batch: run } = await started([
    { name: "counted", data: { no: 1 }, tags: ["first"] },
    { name: "counted", data: { no: 2 }, tags: ["second"] },
  ]);
  for (const q of ["data.no:1", "data.no:2", "tag:first", "tag:second"])
    expect(await found(q), q).toEqual([run]);
  const { batch: next } = await started({ name: "counted", data: { no: 3 } });
  await started({ name: "counted", data: { no: 4 } });
  expect(await found("data.no:4")).toEqual([next]);
  await app.ended(run!);
  const again = (await engine.call("POST", `${app.path(run!)}/rerun`, {})).json.run;
  expect(await found("data.no:2")).toEqual([run, again].toSorted());
});

test("a run that goes again is found as its origin is, and on the page of its event", async () => {
  const sent = { id: "order-9", name: "ordered", data: { user: { id: 9 } }, tags: ["nine"] };
  const { bill: first, plain: other } = await started(sent);
  await app.ended(first!);
  const rerun = async (run: string, body = {}) =>
    (await engine.call("POST", `${app.path(run)}/rerun`, body)).json.run as string;
  const second = await rerun(first!);
  await app.ended(second);
  const third = await rerun(second, { data: { user: { id: 10 } } });
  expect(await found("tag:nine function:bill")).toEqual([first, second, third].toSorted());
  expect(await found("data.user.id:9")).toEqual([first, second].toSorted());
  expect(await found("data.user.id:10")).toEqual([third]);
  expect(await found("event:order-9")).toEqual([first, other, second, third].toSorted());
  const page = (await engine.call("GET", "/v1/apps/shop/dev/events/order-9")).json;
  expect(page.runs.map((run: { id: string }) => run.id).toSorted()).toEqual(
    [first, other, second, third].toSorted(),
  );
});

test("the command line sends with tags and finds by them", async () => {
  const env = { DURABLE_URL: engine.url, DURABLE_APP: "shop" };
  const cli = (...args: string[]) => saidBy(args, env);
  await cli("send", "ordered", "--data", '{"user":{"id":"cli"}}', "--tag", "from-cli", "twice");
  await cli("trigger", "shop/plain", "--tag", "from-cli");
  expect(await found("tag:from-cli")).toHaveLength(3);
  expect(await cli("runs", "ls", "tag:twice", "data.user.id:cli")).toContain("bill");
});

test("what is no tag and no path is refused where it is written", async () => {
  const refused = await engine.call("POST", "/v1/events?app=shop", { name: "ordered", tags: ["a tag"] });
  expect(refused.status).toBe(422);
  expect(refused.json.errors[0].pointer).toBe("/tags/0");
  await expect(durable.send({ name: "ordered", tags: [""] })).rejects.toThrow(/"tags" has ""/);
  for (const searchable of [["user.id"], ["data"], ["data.a b"]])
    expect(() => createFunction({ id: "f", searchable, handler: () => 1 })).toThrow(/"searchable" has/);
});
