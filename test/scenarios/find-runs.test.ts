// Runs by what people type, over the API and on the command line.
import { createFunction, NonRetriableError } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { saidBy } from "../support/command-line.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
const ids: Record<string, string> = {};

const child = createFunction({ id: "child", handler: () => 1 });
const parent = createFunction({
  id: "parent",
  trigger: { event: "parent" },
  handler: ({ step }) => step.invoke("child", child),
});
const fails = createFunction({
  id: "fails",
  trigger: { event: "fails" },
  handler: () => {
    throw new NonRetriableError("it fails");
  },
});
const held = createFunction({
  id: "held",
  trigger: { event: "held" },
  concurrency: { limit: 1, key: "user" },
  handler: ({ step }) => step.sleep("long", "1h"),
});

beforeAll(async () => {
  engine = await startEngine();
  app = await startSdkApp(engine, "shop", [child, parent, fails, held]);
  for (const name of ["parent", "fails"]) ids[name] = await app.start(name);
  for (const user of [42, 43]) ids[`held${user}`] = await app.start("held", { user });
  for (const name of ["parent", "fails"]) await app.ended(ids[name]!);
  const sent = { id: "order-7", name: "parent" };
  ids["order"] = (await engine.call("POST", "/v1/events?app=shop", sent)).json.runs[0].run;
  await app.ended(ids["order"]!);
});
afterAll(async () => {
  await app.stop();
  await engine.stop();
});

const find = (q: string) => engine.call("GET", `/v1/apps/shop/dev/runs?q=${encodeURIComponent(q)}`);
const found = async (q: string) => (await find(q)).json.runs.map((run: { id: string }) => run.id);

test("a list says how long runs took and how often they failed", async () => {
  const listed = Object.fromEntries((await find("")).json.runs.map((run: { id: string }) => [run.id, run]));
  const failed = listed[ids["fails"]!];
  const tookMs = Date.parse(failed.ended_at) - Date.parse(failed.created_at);
  expect(Math.abs(failed.duration_ms - tookMs)).toBeLessThan(2);
  expect([failed.failed_attempts, listed[ids["parent"]!].failed_attempts]).toEqual([1, 0]);
  expect(listed[ids["held42"]!].duration_ms).toBeNull();
});

test("each qualifier finds what it says", async () => {
  expect(await found("status:failed")).toEqual([ids["fails"]]);
  expect(await found("function:parent")).toEqual([ids["order"], ids["parent"]]);
  expect(await found("function:parent status:failed")).toEqual([]);
  expect(await found("event:order-7")).toEqual([ids["order"]]);
  expect(await found("order-7")).toEqual([ids["order"]]);
  expect(await found(ids["fails"]!)).toEqual([ids["fails"]]);
  const [event] = await engine.database.sql`select event_id from durable.runs where id = ${ids["parent"]!}`;
  expect(await found(event!["event_id"])).toEqual([ids["parent"]]);
  expect(await found(`parent:${ids["order"]}`)).toHaveLength(1);
  expect(await found("key:42")).toEqual([ids["held42"]]);
  expect(await found("status:waiting,failed")).toEqual([ids["held43"], ids["held42"], ids["fails"]]);
  expect(await found("version:1 function:fails")).toEqual([ids["fails"]]);
  expect(await found("version:9")).toEqual([]);
  expect(await found("after:1h before:1m")).toEqual([]);
  expect(await found("after:1h function:fails")).toEqual([ids["fails"]]);
  expect(await found("event:nobody")).toEqual([]);
  expect(await found("deployment:blue")).toEqual([]);
  await expect
    .poll(async () => (await engine.call("GET", "/v1/apps/shop/dev/errors")).json.errors.length)
    .toBe(1);
  const [error] = (await engine.call("GET", "/v1/apps/shop/dev/errors")).json.errors;
  expect(await found(`error:${error.fingerprint}`)).toEqual([ids["fails"]]);
});

test("what is wrong is told with its place, and what is said twice too", async () => {
  const wrong = await find("status:failed statos:x");
  expect(wrong.status).toBe(422);
  expect(wrong.json.errors).toEqual([
    { pointer: "?q", detail: expect.stringMatching(/^At character 15, "statos:x": there is no "statos"/) },
  ]);
  const twice = await engine.call("GET", "/v1/apps/shop/dev/runs?q=function:parent&function=fails");
  expect(twice.status).toBe(422);
});

test("another workspace's runs are not found by their ids", async () => {
  await engine.call("POST", "/v1/apps/other/dev/sync", { url: app.url });
  await engine.database
    .sql`insert into durable.workspaces (app, environment) values ('other', 'dev') on conflict do nothing`;
  for (const q of [ids["fails"]!, "order-7", `parent:${ids["order"]}`]) {
    const answer = await engine.call("GET", `/v1/apps/other/dev/runs?q=${encodeURIComponent(q)}`);
    expect(answer.json.runs, q).toEqual([]);
  }
});

test("counts by status and by time, and the same on the command line", async () => {
  const counts = (await engine.call("GET", "/v1/apps/shop/dev/run-counts?bars=5")).json;
  expect(counts).toMatchObject({
    statuses: { completed: 4, failed: 1, waiting: 2 },
    is_exact: true,
    since: null,
  });
  const sum = counts.bars.flatMap(({ statuses }: { statuses: object }) => Object.values(statuses));
  expect(sum.reduce((one: number, two: number) => one + two, 0)).toBe(7);
  const env = { DURABLE_URL: engine.url, DURABLE_APP: "shop" };
  const cli = (...args: string[]) => saidBy(args, env);
  expect(await cli("runs", "ls", "status:failed", "function:fails")).toContain(ids["fails"]!);
  expect(await cli("runs", "count", "function:parent")).toMatch(/^ +2 {2}completed$/m);
});
