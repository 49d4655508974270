// What `durable dev` says when a program is started anew with other code: by a real engine, a real app that is stopped and
// started on its port, and the watcher between them.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createDoor } from "node:net";
import { createFunction, type DurableFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppNews, AppWatcher } from "../../engine/src/cli/discovery/app-watcher.ts";
import { type ApiClient, createApiClient } from "../../engine/src/http/client.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { waitFor } from "../support/wait.ts";
import { ADMIN_TOKEN, startEngine } from "./api-engine.ts";

/** A run that loads, waits for a person, and charges. */
const checkout = (step: string, attempts: number): DurableFunction =>
  createFunction({
    id: "checkout",
    trigger: { event: "order" },
    retry: { max: attempts },
    handler: async ({ step: steps }) => {
      await steps.run(step, () => 1);
      await steps.waitForEvent("go", { event: "go", timeout: "1h" });
      return steps.run("charge", () => 2);
    },
  });
const refund = createFunction({ id: "refund", trigger: { event: "refund.asked" }, handler: () => 1 });

let engine: Awaited<ReturnType<typeof startEngine>>;
let api: ApiClient;
let watcher: AppWatcher;
let server: Server;
let port = 0;
const news: AppNews[] = [];

async function begin(functions: readonly DurableFunction[]): Promise<void> {
  server = createServer(serve({ app: "shop", functions }));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
}

async function end(): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

/** Something that is no app listens there until the watcher has knocked. */
async function untilAsked(): Promise<void> {
  const door = createDoor((socket) => socket.destroy()).listen(port, "127.0.0.1");
  await once(door, "connection");
  door.close();
  await once(door, "close");
}

const next = (change: AppNews["change"], after: number) =>
  waitFor(`news of an app that is ${change}`, () => news.slice(after).find((one) => one.change === change));

beforeAll(async () => {
  engine = await startEngine();
  api = createApiClient({ url: engine.url, token: ADMIN_TOKEN });
  await begin([checkout("load-order", 3)]);
  watcher = new AppWatcher({
    api,
    env: "dev",
    urls: [`http://127.0.0.1:${port}/api/durable`],
    ports: [],
    tell: (one) => void news.push(one),
  });
  await watcher.start();
});
afterAll(async () => {
  watcher.stop();
  await expectInvariants(engine.database);
  await end();
  await api.close();
  await engine.stop();
});

test("a reload is told with what it changed, and with the runs that go on with it; a renamed step, when a run comes to it", async () => {
  expect(news).toMatchObject([{ change: "found", app: "shop", functions: ["checkout"], details: [] }]);
  const run = (await engine.call("POST", "/v1/events?app=shop", { name: "order" })).json.runs[0].run;
  await waitFor("the run to wait", async () => {
    const { json } = await engine.call("GET", `/v1/apps/shop/dev/runs/${run}`);
    return json.status === "waiting";
  });

  await end();
  await begin([checkout("load-orders", 5), refund]);
  const changed = await next("changed", 1);
  expect(changed.text).toBe("+1 new (refund), ~1 changed (checkout)");
  expect(changed.details).toEqual([
    '+ refund: triggers [{"event":"refund.asked"}]',
    expect.stringMatching(/^~ checkout: retry .*"max":3.* -> .*"max":5/),
    "checkout: 1 run under way, on this code from the next step on",
  ]);
  // A program that starts again is no app that is gone.
  expect(news.map(({ change }) => change)).toEqual(["found", "changed"]);

  await engine.call("POST", "/v1/events?app=shop", { name: "go" });
  const departed = await next("departed", 2);
  expect(departed.functions).toEqual(["checkout"]);
  expect(departed.text).toContain(`run ${run} of checkout: the new code leaves out step "load-order"`);
  expect(departed.text).toMatch(/begins "(load-orders|charge)" instead/);
});

test("a run that has ended is as it was after a reload; `rev`, which says when it was read, goes on", async () => {
  const before = news.length;
  const run = (await engine.call("POST", "/v1/events?app=shop", { name: "refund.asked" })).json.runs[0].run;
  const path = `/v1/apps/shop/dev/runs/${run}`;
  const ended = await waitFor("the run to end", async () => {
    const { json } = await engine.call("GET", path);
    return json.status === "completed" ? json : null;
  });
  const { sql } = engine.database;
  // Which transaction has written each row last, and what was told of the run.
  const rows = () => sql`
    select 'run' as what, xmin::text from durable.runs where id = ${run} union all
    select 'step', xmin::text from durable.steps where run_id = ${run} union all
    select 'change', xmin::text from durable.changes where run_id = ${run} order by 1, 2`;
  const written = [...(await rows())];
  await end();
  await begin([checkout("load-orders", 4), refund]);
  expect(await next("changed", before)).toMatchObject({ text: "~1 changed (checkout)" });
  expect([...(await rows())]).toEqual(written);
  const { rev, ...again } = (await engine.call("GET", path)).json;
  expect({ ...again, rev: ended.rev }).toEqual(ended);
  expect(rev).toBeGreaterThan(ended.rev);
});

test("one that starts again with what it declared is said to be back, and one that does not start, to be gone", async () => {
  const before = news.length;
  await end();
  await untilAsked();
  await begin([checkout("load-orders", 4), refund]);
  expect(await next("back", before)).toMatchObject({ text: "is back, and declares what it did" });
  await end();
  expect(await next("gone", before)).toMatchObject({ app: "shop" });
  await begin([checkout("load-orders", 4)]);
  expect(await next("changed", before)).toMatchObject({
    details: ["- refund: starts no more runs; those under way go on"],
  });
});
