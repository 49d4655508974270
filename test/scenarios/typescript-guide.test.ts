// docs/guides/typescript.md, run: its blocks are one file, and its functions do what the page says of them.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../chaos/free-port.ts";
import { type Running, start } from "../frameworks/programs.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/guides/typescript.md"), "utf8");
const code = [...page.matchAll(/^```ts file=guide\.ts\n([\s\S]*?)^```$/gm)]
  .map(([, block]) => block)
  .join("\n");
const SERVER = `
import { createServer } from "node:http";
import { serve } from "@durable/sdk/node";
import * as functions from "./guide.ts";
createServer(serve({ app: "guide", functions: Object.values(functions) })).listen(Number(process.env.PORT));
`;

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Running;

beforeAll(async () => {
  const folder = tempFolder("guide");
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  for (const [name, target] of [
    ["@durable/sdk", "sdk-ts"],
    ["zod", "test/node_modules/zod"],
  ] as const) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, target), link);
  }
  writeFileSync(join(folder, "guide.ts"), code);
  writeFileSync(join(folder, "server.ts"), SERVER);
  engine = await startEngine();
  const port = await freePort();
  app = start({ folder, env: { PORT: String(port), DURABLE_URL: engine.url } }, "node", "server.ts");
  const url = `http://127.0.0.1:${port}/api/durable`;
  const synced = waitFor("the app to be synced", async () => {
    const answer = await engine.call("POST", "/v1/apps/guide/dev/sync", { url });
    return answer.status === 200;
  });
  await Promise.race([synced, app.alive]);
});

afterAll(async () => {
  await app?.stop();
  await engine?.stop();
});

async function send(name: string, data: unknown): Promise<string | undefined> {
  const sent = await engine.call("POST", "/v1/events?app=guide&env=dev", { name, data });
  return sent.json.runs[0]?.run;
}

async function ended(run: string | undefined) {
  const answer = await engine.call("GET", `/v1/apps/guide/dev/runs/${run}?wait=20`);
  return answer.json;
}

test("the path of a handler is the same at every call, and a Date has become its text", async () => {
  const run = await send("report.requested", { by: "Ada" });
  const { output } = await ended(run);
  expect(output).toEqual({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    lucky: expect.any(Number),
    run,
    by: "Ada",
  });
});

test("what was done is undone, the last first, and retried by its own table", async () => {
  const run = await ended(await send("trip.requested", { by: "Ada" }));
  expect(run).toMatchObject({ status: "failed", compensated: 2, failure: { message: "no money" } });
  const undone = run.steps.filter((step: { op: string }) => step.op === "compensate");
  expect(undone.map((step: { name: string; attempt: number }) => [step.name, step.attempt])).toEqual([
    ["hotel", 2],
    ["flight", 2],
  ]);
});

test("one function hears of every failure of the app", async () => {
  const run = await send("trip.requested", { by: "Ada" });
  await ended(run);
  await expect
    .poll(
      async () => {
        const { json } = await engine.call("GET", "/v1/apps/guide/dev/runs?function=alarm");
        const ids: string[] = json.runs.map(({ id }: { id: string }) => id);
        return (await Promise.all(ids.map(ended))).map(({ output }) => output);
      },
      { timeout: 20_000 },
    )
    .toContain(`trip failed in run ${run}: no money`);
});

test("steps started together end together, each with its own result under one name", async () => {
  const { output, steps } = await ended(await send("gather.requested", { pages: [1, 2, 3] }));
  expect(output).toEqual([10, 20, 30]);
  expect(steps.map((step: { name: string; n: number }) => `${step.name} ${step.n}`).sort()).toEqual([
    "load 0",
    "load 1",
    "load 2",
  ]);
});

test("a race is won by what comes first, and two of three offers are enough", async () => {
  const paid = await send("invoice.sent", { order: 7, patience: "1h" });
  await send("invoice.paid", { order: 7 });
  expect(await ended(paid)).toMatchObject({ status: "completed", output: "paid" });
  const late = await send("invoice.sent", { order: 8, patience: 10 });
  expect(await ended(late)).toMatchObject({ status: "completed", output: "late" });
  const run = await ended(await send("quote.requested", { offers: [3, -1, 5] }));
  expect(run.output.sort()).toEqual([3, 5]);
  const none = await ended(await send("quote.requested", { offers: [3, -1, -2] }));
  expect(none).toMatchObject({ status: "failed", failure: { name: "JoinError" } });
});

test("many items", async () => {
  const run = await ended(await send("newsletter.sent", { readers: ["Ada", "Grace"] }));
  expect(run).toMatchObject({ status: "completed", output: [8, 10] });
});

test("a step that failed for good throws its error where it stands", async () => {
  const tried = await ended(await send("pay.requested", { card: "fine" }));
  expect(tried.output).toEqual({
    busy: 2,
    failed: "charge",
    name: "TypeError",
    because: "no line to the bank",
  });
  expect(tried.steps.map((step: { attempt: number }) => step.attempt)).toEqual([2, 2]);
  const stolen = await ended(await send("pay.requested", { card: "stolen" }));
  expect(stolen.output).toMatchObject({ name: "NonRetriableError", because: "this card is stolen" });
  expect(stolen.steps[1].attempt).toBe(1);
});

test("a wait ends with the event that fits, or with null", async () => {
  const run = await send("approval.requested", { id: 7, timeout: "1d" });
  for (const by of [
    { name: "Eve", role: "guest" },
    { name: "Bob", role: "boss" },
  ])
    await send("approval.given", { id: 7, by });
  expect((await ended(run)).output).toEqual({ by: "Bob", told: 1 });
  const late = await send("approval.requested", { id: 8, timeout: "50ms" });
  expect((await ended(late)).output).toEqual({ by: null, told: 1 });
});

test("conditions, several events and what cancels a run", async () => {
  const run = await send("auction.opened", { id: 1, minimum: 10 });
  for (const price of [5, 12]) await send("bid.placed", { id: 1, price });
  await send("bid.paid", { id: 1 });
  for (const by of ["buyer", "seller"]) await send("contract.signed", { id: 1, by });
  expect((await ended(run)).output).toEqual({ price: 12, how: "paid", signed: 2 });
  const withdrawn = await send("auction.opened", { id: 2, minimum: 10 });
  await send("auction.withdrawn", { id: 2 });
  expect((await ended(withdrawn)).status).toBe("cancelled");
});

test("a signal and a token", async () => {
  const run = await send("release.prepared", { version: 3 });
  await engine.call("POST", "/v1/apps/guide/dev/signals/release%2F3", { payload: "yes" });
  const url = await waitFor("the testers to be asked", async () => {
    const { steps } = (await engine.call("GET", `/v1/apps/guide/dev/runs/${run}`)).json;
    return /http\S+/.exec(steps[1]?.value ?? "")?.[0];
  });
  await fetch(url!, { method: "POST", headers: { "content-type": "application/json" }, body: '{"ok":true}' });
  expect((await ended(run)).output).toEqual({ go: "yes", report: { ok: true } });
});

test("an event that does not fit its schema starts no run, and leaves the reason", async () => {
  expect((await ended(await send("greet.requested", { name: "Ada" }))).output).toBe("Hello, ADA!");
  expect(await send("greet.requested", { name: 1 })).toBeUndefined();
  const { skips } = (await engine.call("GET", "/v1/apps/guide/dev/skips?function=greet")).json;
  expect(skips).toMatchObject([
    { reason: "schema", detail: expect.stringContaining("/name must be string") },
  ]);
});

test("a run says which way it goes, how far it is, and what is left", async () => {
  const data = { items: ["a", "b"], total: 7 };
  const started = await engine.call("POST", "/v1/apps/guide/dev/functions/ship/trigger", { data });
  const at = `/v1/apps/guide/dev/runs/${started.json.run}`;
  await waitFor("the run to wait", async () => (await engine.call("GET", at)).json.status === "waiting");
  expect((await engine.call("GET", at)).json.state).toEqual({ packed: 2, of: 2 });
  expect((await engine.call("POST", `${at}/query/left`, {})).json.output).toEqual([]);
  await send("ship.collected", {});
  expect((await ended(started.json.run)).output).toEqual({ by: "train", packed: 2 });
});

test("a long step says how far it is while it runs", async () => {
  const run = await send("film.uploaded", { scenes: 4 });
  const at = `/v1/apps/guide/dev/runs/${run}`;
  const beats = async () => (await engine.call("GET", at)).json.heartbeats;
  await waitFor("a word of the step", async () => (await beats())[0]?.progress?.detail.endsWith("of 4"));
  const { output, heartbeats } = await ended(run);
  expect({ output, heartbeats }).toEqual({ output: { scenes: 4 }, heartbeats: [] });
});

test("another function brings its result or its error, and its onFailure hears of it", async () => {
  const { output } = await ended(await send("settle.requested", { order: 7 }));
  expect(output.number).toBe("I-7");
  expect((await ended(output.copy)).output).toEqual({ number: "I-1" });
  const run = await send("settle.requested", { order: -1 });
  expect((await ended(run)).output).toEqual({ failed: "RangeError" });
  const { children } = (await engine.call("GET", `/v1/apps/guide/dev/runs/${run}`)).json;
  const failed = children.find((child: { status: string }) => child.status === "failed").run;
  const [handler] = (await engine.call("GET", `/v1/apps/guide/dev/runs/${failed}`)).json.children;
  expect((await ended(handler.run)).output).toBe(`${failed}: print failed with RangeError`);
});

test("a function is called without a run", async () => {
  const answer = await engine.call("POST", "/v1/apps/guide/dev/functions/price/call", {
    input: { order: 2 },
  });
  expect(answer.json).toMatchObject({ status: "completed", output: { total: 42 } });
});

test("at most once: what is known comes back", async () => {
  expect((await ended(await send("collect.requested", { amount: 5 }))).output).toBe("paid");
});
