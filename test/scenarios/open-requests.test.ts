// A run whose request stays open: turn after turn on one request, each on disk before the next begins.
import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { serve } from "@durable/sdk/node";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createFunction, NonRetriableError, StepError } from "../../sdk-ts/src/index.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { signal } from "../support/signals.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
/** Of dispatches that ran code. */
let requests = 0;
const said: string[] = [];
/** What the journal held when the body of a step began. */
const onDisk: number[] = [];
const settled = async () => {
  const [row] = await engine.database
    .sql`select count(*)::int as count from durable.steps where seq is not null`;
  return row!["count"] as number;
};

const count = createFunction({
  id: "count",
  trigger: { event: "count" },
  handler: async ({ event, step }) => {
    said.push("handler");
    const { steps } = event.data as { steps: number };
    let sum = 0;
    for (let i = 0; i < steps; i += 1) {
      sum += await step.run("add", async () => {
        onDisk.push(await settled());
        return i;
      });
    }
    return sum;
  },
});

const slow = signal();
const beside = createFunction({
  id: "beside",
  trigger: { event: "beside" },
  handler: async ({ step }) => {
    const short = async () => {
      await step.run("one", () => said.push("one"));
      await step.run("two", () => said.push("two"));
      slow.announce();
    };
    const long = step.run("long", async () => {
      await slow.seen;
      said.push("long");
    });
    await Promise.all([short(), long]);
  },
});

const mixed = createFunction({
  id: "mixed",
  trigger: { event: "mixed" },
  handler: async ({ step }) => {
    await step.run("before", () => said.push("before"));
    await step.sleep("pause", "50ms");
    await step.sendEvent("tell", { name: "told", data: { x: 1 } });
    const heard = await step.waitForEvent("hear", { event: "told", timeout: "10s" });
    const failed = await step
      .run("fails", () => {
        throw new NonRetriableError("never");
      })
      .catch((error: unknown) => (error instanceof StepError ? error.message : "?"));
    const again = ({ attempt }: { attempt: number }) => {
      said.push("again");
      if (attempt < 2) throw new Error("not yet");
    };
    await step.run("again", again, { retry: { max: 3, base: "10ms" } });
    return { heard: heard?.data, failed };
  },
});

const aborted = signal<string>();
const held = signal();
const patient = createFunction({
  id: "patient",
  trigger: { event: "patient" },
  handler: async ({ step }) => {
    await step.run("quick", () => 1);
    await step.run("waits", ({ signal: over }) => {
      held.announce();
      return new Promise((_, reject) => {
        over.addEventListener("abort", () => {
          aborted.announce("aborted");
          reject(new Error("given up"));
        });
      });
    });
  },
});

const long = createFunction({
  id: "long",
  trigger: { event: "long" },
  handler: async ({ event, step }) => {
    const { who = "", naps = 12 } = (event.data ?? {}) as { who?: string; naps?: number };
    for (let i = 0; i < naps; i += 1) {
      await step.run("nap", () => {
        said.push(who);
        return new Promise((resolve) => setTimeout(resolve, 40));
      });
    }
    return "rested";
  },
});

const beating = createFunction({
  id: "beating",
  trigger: { event: "beating" },
  handler: async ({ step }) => {
    await step.run("quick", () => 1);
    // Under the fence of the dispatch, which two checkpoints have replaced by then.
    return step.run("beats", async ({ heartbeat, attempt }) => {
      for (let i = 0; i < 4; i += 1) {
        await heartbeat({ i });
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      return attempt;
    });
  },
});

const functions = [count, beside, mixed, patient, long, beating];
const counting =
  (route: ReturnType<typeof serve>) => (request: IncomingMessage, response: ServerResponse) => {
    requests += 1;
    return route(request, response);
  };
const counted = counting(serve({ app: "shop", functions }));

beforeAll(async () => {
  engine = await startEngine({ streams: true });
  app = await startSdkApp(engine, "shop", functions, counted);
});
beforeEach(() => {
  requests = 0;
  said.length = 0;
  onDisk.length = 0;
});
afterAll(async () => {
  await app.stop();
  await expectInvariants(engine.database);
  await engine.stop();
});

test("many turns are one request, the handler runs once, and each result is on disk before the next step begins", async () => {
  const before = await settled();
  const run = await app.ended(await app.start("count", { steps: 8 }));
  expect(run).toMatchObject({ status: "completed", output: 28 });
  expect([requests, said]).toEqual([1, ["handler"]]);
  expect(onDisk).toEqual(Array.from({ length: 8 }, (_, i) => before + i));
});

test("a branch goes on while the body of another one runs", async () => {
  const run = await app.ended(await app.start("beside"));
  expect(run).toMatchObject({ status: "completed" });
  expect([requests, said]).toEqual([1, ["one", "two", "long"]]);
});

test("sleeps, waits, sent events, failures and retries end as on requests of one turn each", async () => {
  const run = await app.ended(await app.start("mixed"));
  expect(run).toMatchObject({ status: "completed", output: { heard: { x: 1 }, failed: "never" } });
  expect(said).toEqual(["before", "again", "again"]);
});

test("who cancels a run stops the code of the step that runs, and the connection", async () => {
  const run = await app.start("patient");
  await held.seen;
  await app.act(run, "cancel");
  expect(await aborted.seen).toBe("aborted");
  expect(await app.ended(run)).toMatchObject({ status: "cancelled" });
});

test("a request is open for a part of what it may take, so that a late step has its time", async () => {
  const route = serve({ app: "brief", functions: [long], maxDuration: "2s" });
  const brief = await startSdkApp(engine, "brief", [long], counting(route));
  requests = 0;
  const run = await brief.ended(await brief.start("long"));
  expect(run).toMatchObject({ status: "completed", output: "rested" });
  await brief.stop();
  // 12 times 40 ms, of which 200 ms fit into one.
  expect(requests).toBeGreaterThanOrEqual(2);
  expect(requests).toBeLessThan(8);
});

test("heartbeats go on under the fence of the dispatch", async () => {
  process.env["DURABLE_URL"] = engine.url;
  const run = await app.start("beating");
  expect(await app.ended(run)).toMatchObject({ status: "completed", output: 1 });
  delete process.env["DURABLE_URL"];
});

test("the trace shows for each step what its turn cost", async () => {
  const run = await app.start("count", { steps: 3 });
  await app.ended(run);
  const { sql } = engine.database;
  const steps =
    await sql`select scheduled_at <= leased_at or leased_at <= sent_at as led, sent_at <= received_at as told, received_at is not null and committed_at is not null as kept
    from durable.steps where run_id = ${run}::uuid order by seq`;
  expect([...steps]).toEqual(Array.from({ length: 3 }, () => ({ led: true, told: true, kept: true })));
});

test("a connection that breaks while what was told on it is on its way to disk: it is told once, and nothing comes late", async () => {
  const { sql } = engine.database;
  const told = signal();
  const go = signal();
  const broken = createFunction({
    id: "broken",
    trigger: { event: "broken" },
    handler: async ({ step }) => {
      await step.run("told", async () => {
        said.push("told");
        told.announce();
        await go.seen;
      });
      await step.run("after", () => said.push("after"));
      return "whole";
    },
  });
  const server = createServer(serve({ app: "torn", functions: [broken] }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/durable`;
  expect((await engine.call("POST", "/v1/apps/torn/dev/sync", { url })).status).toBe(200);
  const sent = await engine.call("POST", "/v1/events?app=torn", { name: "broken", data: null });
  const run = sent.json.runs[0].run as string;
  await told.seen;
  // Its row is held by somebody else for as long as this statement sleeps.
  const held = sql
    .unsafe(
      `begin; select from durable.live_runs where run_id = '${run}' for update; select pg_sleep(0.4); commit`,
    )
    .then(() => {});
  await waitFor("the lock", async () => {
    const [row] = await sql`select from pg_stat_activity where wait_event = 'PgSleep'
      and datname = ${engine.database.address.database}`;
    return row;
  });
  go.announce();
  await waitFor("the commit", async () => {
    const [row] = await sql`select from pg_stat_activity where wait_event_type = 'Lock'
      and datname = ${engine.database.address.database} and query like '%durable.commit_%'`;
    return row;
  });
  server.closeAllConnections();
  await held;
  const ended = await engine.call("GET", `/v1/apps/torn/dev/runs/${run}?wait=20`);
  expect(ended.json).toMatchObject({ status: "completed", output: "whole" });
  expect(said).toEqual(["told", "after"]);
  const late = await sql`select from durable.attempts where run_id = ${run}::uuid and outcome = 'late'`;
  expect(late).toHaveLength(0);
  server.closeAllConnections();
  server.close();
});

/** What lies between engines and apps: it waits for the whole of one direction before it passes it on. */
async function holdBack(what: "requests" | "answers", to: string) {
  let open = 0;
  const server = createServer(async (asked, answer) => {
    const { method, url, headers } = asked;
    if (headers["content-type"]?.includes("ndjson")) open += 1;
    const far = send(to, { method, path: url, headers }, async (back) => {
      if (what === "answers") {
        const body = await buffer(back);
        answer.writeHead(back.statusCode!, back.headers).end(body);
      } else back.pipe(answer.writeHead(back.statusCode!, back.headers));
    });
    if (what === "requests") far.end(await buffer(asked));
    else asked.pipe(far);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/durable`,
    get open() {
      return open;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

test.each(["requests", "answers"] as const)(
  "where a proxy holds back %s, the request ends, is answered as a whole one, and others are whole from the start",
  async (what) => {
    const proxy = await holdBack(what, app.url);
    const synced = await engine.call("POST", `/v1/apps/behind-${what}/dev/sync`, { url: proxy.url });
    // The route says whose it is.
    expect(synced.status).toBe(422);
    const behind = createServer(serve({ app: `behind-${what}`, functions: [count] }));
    await new Promise<void>((resolve) => behind.listen(0, "127.0.0.1", resolve));
    const { port } = behind.address() as AddressInfo;
    const own = await holdBack(what, `http://127.0.0.1:${port}`);
    expect((await engine.call("POST", `/v1/apps/behind-${what}/dev/sync`, { url: own.url })).status).toBe(
      200,
    );
    for (const sum of [3, 3]) {
      const sent = await engine.call("POST", `/v1/events?app=behind-${what}&wait=20`, {
        name: "count",
        data: { steps: 3 },
      });
      expect(sent.json.runs[0]).toMatchObject({ status: "completed", output: sum });
    }
    expect(own.open).toBe(1);
    await proxy.stop();
    await own.stop();
    behind.closeAllConnections();
    behind.close();
  },
);

test("in dev every turn is a replay, so that code which does not repeat itself is found early", async () => {
  const dev = await startEngine();
  const other = await startSdkApp(dev, "shop", functions, counted);
  const { json } = await dev.call("POST", "/v1/events?app=shop&wait=20", { name: "long", data: null });
  expect(json.runs[0]).toMatchObject({ status: "completed" });
  expect(requests).toBeGreaterThan(12);
  await other.stop();
  await dev.stop();
});

test("a run that others wait for lets go in the commit of its turn, without another request", async () => {
  const busy = await startEngine({ streams: true, slots: 1 });
  const other = await startSdkApp(busy, "shop", functions, counted);
  // Longer than a run keeps its lease while others wait.
  const runs = await Promise.all(["a", "b"].map((who) => other.start("long", { who, naps: 20 })));
  for (const run of runs) expect(await other.ended(run)).toMatchObject({ status: "completed" });
  const turns = said.filter((who, i) => who !== said[i - 1]);
  expect(turns.length).toBeGreaterThanOrEqual(3);
  expect(said).toHaveLength(40);
  await waitFor("all leases gone", async () => {
    const [row] = await busy.database.sql`select count(*)::int as count from durable.live_runs`;
    return row!["count"] === 0;
  });
  await expectInvariants(busy.database);
  await other.stop();
  await busy.stop();
});
