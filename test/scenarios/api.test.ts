// The API end to end: a real engine, a real app, real sockets.
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApp } from "./api-app.ts";
import { startEngine } from "./api-engine.ts";

type Engine = Awaited<ReturnType<typeof startEngine>>;
type App = Awaited<ReturnType<typeof startApp>>;

let engine: Engine;
let app: App;

beforeAll(async () => {
  engine = await startEngine();
  app = await startApp({
    app: "shop",
    functions: [{ id: "welcome", triggers: [{ event: "user.created" }] }],
  });
});

afterAll(async () => {
  await engine.stop();
  await app.stop();
});

test("an app is synced, an event starts a run, the run completes and is shown byte for byte", async () => {
  const synced = await engine.call("POST", "/v1/apps/shop/dev/sync", { url: app.url });
  expect(synced.status, synced.text).toBe(200);
  expect(synced.json).toMatchObject({ added: [{ id: "welcome", version: 1 }], changed: [], removed: [] });

  const sent = await engine.call(
    "POST",
    "/v1/events?app=shop",
    '{"name":"user.created","data":{"b":1.0,"a":"é"}}',
  );
  expect(sent.status, sent.text).toBe(200);
  const { runs } = sent.json as { runs: { run: string }[] };
  expect(runs).toHaveLength(1);

  const run = await engine.call("GET", `/v1/apps/shop/dev/runs/${runs[0]!.run}?wait=10`);
  expect(run.status, run.text).toBe(200);
  expect(run.json).toMatchObject({
    status: "completed",
    function: "welcome",
    why: expect.stringMatching(/^It completed at/),
  });
  expect(run.text).toContain('"data":{"b":1.0,"a":"é"}');
});
