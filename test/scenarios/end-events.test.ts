// durable.run.completed, failed and cancelled: events that the engine makes when somebody listens.
import { createFunction, NonRetriableError, type RunEnded } from "@durable/sdk";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
let watched: Awaited<ReturnType<typeof startSdkApp>>;
let quiet: Awaited<ReturnType<typeof startSdkApp>>;
const seen: { readonly name: string; readonly id: string; readonly data: RunEnded }[] = [];

const NO_RETRY = { max: 1 } as const;

const failing = createFunction({
  id: "failing",
  trigger: { event: "fail" },
  retry: NO_RETRY,
  handler: ({ step }) =>
    step.run("pay", () => {
      throw new NonRetriableError("no money");
    }),
});
const returning = createFunction({
  id: "returning",
  trigger: { event: "return" },
  handler: ({ event }) => "x".repeat((event.data as { size: number }).size),
});
const sleeping = createFunction({
  id: "sleeping",
  trigger: { event: "sleep" },
  handler: ({ step }) => step.sleep("long", "1d"),
});
/** Reacts to every end but those that it causes itself. */
const onEnd = createFunction({
  id: "on-end",
  trigger: { event: "durable.run.*" },
  retry: NO_RETRY,
  handler: async ({ event, step }) => {
    const data = event.data as RunEnded;
    await step.run("see", () => {
      seen.push({ name: event.name, id: event.id, data });
    });
    if (data.function !== "failing") return;
    await step.invoke("in vain", failing, { input: null }).catch(() => null);
    throw new NonRetriableError("the pager is down");
  },
});
const everything = createFunction({ id: "zz-everything", trigger: { event: "*" }, handler: () => null });
const patient = createFunction({
  id: "patient",
  trigger: { event: "watch" },
  handler: ({ event, step }) =>
    step.waitForEvent("end", {
      event: "durable.run.cancelled",
      match: { "run.id": (event.data as { run: string }).run },
      timeout: "1h",
    }),
});

beforeAll(async () => {
  engine = await startEngine();
  watched = await startSdkApp(engine, "watched", [failing, returning, sleeping, onEnd]);
  quiet = await startSdkApp(engine, "quiet", [failing, returning, sleeping, everything, patient]);
});
afterEach(() => expectInvariants(engine.database));
afterAll(async () => {
  await watched.stop();
  await quiet.stop();
  await engine.stop();
});

async function endOf(run: string) {
  await expect.poll(() => seen.filter(({ data }) => data.run.id === run).length).toBe(1);
  return seen.find(({ data }) => data.run.id === run)!;
}
const count = async (table: string, where = "true") =>
  (await engine.database.sql.unsafe(`select count(*)::int as n from durable.${table} where ${where}`))[0]![
    "n"
  ];
const endings = (app: string) =>
  count(
    "events e join durable.workspaces w on w.id = e.workspace_id",
    `w.app = '${app}' and e.name like 'durable.run.%'`,
  );

test("a failure says which run, which step and why", async () => {
  const run = await watched.start("fail", { amount: 7 });
  const { name, id, data } = await endOf(run);
  expect([name, id]).toEqual(["durable.run.failed", `durable.run.failed/${run}`]);
  expect(data).toMatchObject({
    run: { id: run },
    function: "failing",
    status: "failed",
    event: { name: "fail" },
    output: null,
    output_bytes: 0,
    error: { name: "NonRetriableError", message: "no money" },
    step: { name: "pay" },
  });
  expect(Date.parse(data.run.ended_at)).toBeGreaterThanOrEqual(Date.parse(data.run.started_at));
});

test("a handler that fails, and the children it starts, tell nobody: there is no loop", async () => {
  const run = await watched.start("fail");
  await endOf(run);
  await expect.poll(() => count("end_events")).toBe(0);
  await expect.poll(() => count("live_runs")).toBe(0);
  const failed = await count(
    "runs r join durable.workspaces w on w.id = r.workspace_id",
    "w.app = 'watched' and r.status = 'failed'",
  );
  // Per failure: itself, its handler, and what the handler invoked.
  expect(failed).toBe(3 * seen.filter(({ name }) => name === "durable.run.failed").length);
});

test("an output is there unless it is large", async () => {
  const small = await endOf(await watched.start("return", { size: 10 }));
  expect(small).toMatchObject({
    name: "durable.run.completed",
    data: { output: "x".repeat(10), output_bytes: 12 },
  });
  const large = await endOf(await watched.start("return", { size: 20_000 }));
  expect(large.data).toMatchObject({ status: "completed", output: null, output_bytes: 20_002, error: null });
});

test("a cancel is an end too", async () => {
  const run = await watched.start("sleep");
  expect((await watched.act(run, "cancel")).status).toBe(200);
  expect(await endOf(run)).toMatchObject({
    name: "durable.run.cancelled",
    data: { status: "cancelled", error: null },
  });
});

test("a process that dies after the event was accepted and before it was crossed out starts nothing twice", async () => {
  const run = await watched.start("return", { size: 1 });
  await endOf(run);
  await expect.poll(() => count("end_events")).toBe(0);
  const before = await endings("watched");
  await engine.database.sql`
    insert into durable.end_events select workspace_id, id from durable.runs where id = ${run}`;
  await expect.poll(() => count("end_events")).toBe(0);
  expect(await endings("watched")).toBe(before);
  expect(seen.filter(({ data }) => data.run.id === run).length).toBe(1);
});

test("where nobody listens there are none; a function for * does not; a wait does, from the first on", async () => {
  for (const run of [await quiet.start("fail"), await quiet.start("return", { size: 1 })])
    await quiet.ended(run);
  expect(await endings("quiet")).toBe(0);
  const sleeper = await quiet.start("sleep");
  const watcher = await quiet.start("watch", { run: sleeper });
  await expect.poll(async () => (await quiet.show(watcher)).status).toBe("waiting");
  await quiet.act(sleeper, "cancel");
  expect(await quiet.ended(watcher)).toMatchObject({
    status: "completed",
    output: { name: "durable.run.cancelled", data: { run: { id: sleeper }, function: "sleeping" } },
  });
  expect(await endings("quiet")).toBe(1);
});

test("a sync without the function ends it", async () => {
  const rows = () =>
    count("end_listeners l join durable.workspaces w on w.id = l.workspace_id", "w.app = 'passing'");
  const passing = await startSdkApp(engine, "passing", [failing, onEnd]);
  expect(await rows()).toBe(3);
  await passing.stop();
  const without = await startSdkApp(engine, "passing", [failing]);
  expect(await rows()).toBe(0);
  await without.ended(await without.start("fail"));
  expect(await endings("passing")).toBe(0);
  await without.stop();
});

test("nobody but the engine sends them", async () => {
  const sent = await engine.call("POST", "/v1/events?app=watched", { name: "durable.run.failed", data: {} });
  expect([sent.status, sent.json.code]).toEqual([422, "validation"]);
  expect(sent.text).toContain("belong to the engine");
});
