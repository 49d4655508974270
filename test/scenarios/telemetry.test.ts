// One trace through a caller, the engine and an app with an OpenTelemetry SDK of its own, told to a real collector's endpoint; and
// nothing of it lost, whoever is away in between.
import type { RequestListener } from "node:http";
import { PassThrough } from "node:stream";
import { createFunction, Durable, type DurableFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { defaultTextMapGetter, ROOT_CONTEXT, SpanKind, type Tracer } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { terminalLog } from "../../engine/src/cli/log.ts";
import { createEngine } from "../../engine/src/engine.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "../support/otlp-receiver.ts";
import { createDatabase } from "../support/postgres.ts";
import { waitFor } from "../support/wait.ts";
import { ENCRYPTION_KEY, startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

const SECRET = "a-key-that-only-the-collector-may-see";
const CALLER = { trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331" };
/** An engine's clock is set by the database's: off by as long as it takes to ask, on a busy machine. */
const CLOCKS_MS = 1_000;
const propagator = new W3CTraceContextPropagator();

/** What each handler was given, by its function. */
const given: { readonly id: string; readonly traceparent: string | undefined }[] = [];
const seen = (id: string, traceparent: string | undefined) => void given.push({ id, traceparent });

const child = createFunction({
  id: "child",
  handler: ({ step, traceparent }) => step.run("small", () => seen("child", traceparent)),
});
const heard = createFunction({
  id: "heard",
  trigger: { event: "said" },
  handler: ({ traceparent }) => seen("heard", traceparent),
});
const asked = createFunction({
  id: "asked",
  trigger: { event: "asked" },
  handler: ({ traceparent }) => seen("asked", traceparent),
});
const cleanUp = "a payload that no span may say";
let client: Durable;
const order = createFunction({
  id: "order",
  trigger: { event: "order" },
  retry: { max: 2, backoff: "constant", base: 600, jitter: false },
  handler: async ({ step, event, traceparent }) => {
    seen("order", traceparent);
    await step.run("pay", ({ attempt }) => {
      if (attempt === 1) throw new Error("declined");
      return event.data;
    });
    await step.sleep("cool down", 1_000);
    await step.sendEvent("say", { name: "said", data: 1 });
    await step.run("ask", async () => {
      await client.send({ name: "asked" }, { traceparent });
    });
    await step.invoke("small one", child);
  },
});
const plain = createFunction({
  id: "plain",
  trigger: { event: "plain" },
  handler: ({ step, traceparent }) => step.run("one", () => seen("plain", traceparent)),
});
const poison = createFunction({
  id: "poison",
  trigger: { event: "poison" },
  handler: ({ step }) => step.run("one", () => 1),
});
const fails = createFunction({
  id: "fails",
  trigger: { event: "fails" },
  retry: { max: 1 },
  handler: () => {
    throw new Error("no");
  },
  onFailure: ({ traceparent }) => seen("on-failure", traceparent),
});
const functions: readonly DurableFunction[] = [child, heard, asked, order, plain, poison, fails];

/** As HTTP instrumentation does it: a span per request, below the one that the request names. */
function traced(tracer: Tracer, route: RequestListener): RequestListener {
  return (request, response) => {
    const parent = propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
    const span = tracer.startSpan("POST /api/durable", { kind: SpanKind.SERVER }, parent);
    response.on("close", () => span.end());
    route(request, response);
  };
}

let receiver: OtlpReceiver;
let tracers: TracerProvider;
let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  const telemetry = {
    url: receiver.tracesUrl,
    headers: { "api-key": SECRET },
    serviceName: "durable-under-test",
  };
  engine = await startEngine({ telemetry });
  tracers = new TracerProvider({
    spanProcessors: [
      new SimpleSpanProcessor({ exporter: new OTLPTraceExporter({ url: receiver.tracesUrl }) }),
    ],
  });
  const route = traced(tracers.getTracer("app"), serve({ app: "shop", functions }));
  app = await startSdkApp(engine, "shop", functions, route);
  client = new Durable({ app: "shop", url: engine.url });
});
afterAll(async () => {
  await expectInvariants(engine.database);
  await app.stop();
  await engine.stop();
  await tracers.shutdown();
  await receiver.close();
});

async function start(
  name: string,
  headers: Record<string, string> = {},
  data: unknown = null,
): Promise<string> {
  const sent = await engine.call("POST", "/v1/events?app=shop", { name, data }, headers);
  return sent.json.runs[0].run;
}

const traceOf = (run: string) => run.replaceAll("-", "");

/** The spans of these runs, when the collector has all of the engine's. */
function told(traceId: string, runs: number): Promise<ReceivedSpan[]> {
  return waitFor(`${runs} runs of ${traceId}`, () => {
    const spans = receiver.of(traceId);
    return spans.filter(isRun).length === runs && spans;
  });
}

const isRun = (span: ReceivedSpan) => span.kind === SpanKind.CONSUMER + 1;

describe("one trace", () => {
  let run: string;
  let spans: ReceivedSpan[];
  const named = (name: string) => spans.filter((span) => span.name === name);
  const one = (name: string) => {
    const found = named(name);
    expect(
      found.map(({ attributes }) => attributes),
      name,
    ).toHaveLength(1);
    return found[0]!;
  };

  beforeAll(async () => {
    run = await start("order", { traceparent: `00-${CALLER.trace}-${CALLER.span}-01` }, { cleanUp });
    expect((await app.ended(run)).status).toBe("completed");
    spans = await told(CALLER.trace, 4);
  });

  test("begins with the caller's span, and goes on in children and sent events", () => {
    expect(one("order")).toMatchObject({
      parentId: CALLER.span,
      attributes: {
        "durable.run_id": run,
        "durable.function": "order",
        "durable.app": "shop",
        "durable.environment": "dev",
        "durable.status": "completed",
        "durable.event": "order",
      },
    });
    const requests = new Set(
      named("dispatch")
        .filter(({ attributes }) => attributes["durable.run_id"] === run)
        .map(({ id }) => id),
    );
    for (const name of ["child", "heard", "asked"]) expect(requests, name).toContain(one(name).parentId);
  });

  test("has each request to the app, with the app's own span below it", () => {
    const requests = named("dispatch");
    const own = named("POST /api/durable");
    expect(own.length).toBeGreaterThan(6);
    expect(own.map(({ parentId }) => parentId).sort()).toEqual(requests.map(({ id }) => id).sort());
    for (const span of own) {
      const parent = requests.find(({ id }) => id === span.parentId)!;
      expect(span.startMs - parent.startMs).toBeGreaterThan(-CLOCKS_MS);
      expect(span.endMs - parent.endMs).toBeLessThan(CLOCKS_MS);
    }
    const failed = requests.filter(({ isError }) => isError);
    expect(failed.map(({ attributes }) => attributes)).toMatchObject([
      { "durable.step": "pay", "durable.attempt": "1", "durable.outcome": "failed" },
    ]);
  });

  test("has what the engine waited for beside them", () => {
    const { id } = one("order");
    const sleep = one("cool down");
    expect(sleep).toMatchObject({ parentId: id, attributes: { "durable.step_kind": "sleep" } });
    expect(sleep.endMs - sleep.startMs).toBeGreaterThan(500);
    const retry = one("retry");
    expect(retry.parentId).toBe(id);
    expect(retry.endMs - retry.startMs).toBeGreaterThan(200);
    expect(one("small one")).toMatchObject({ parentId: id, attributes: { "durable.step_kind": "invoke" } });
    expect(one("pay")).toMatchObject({ parentId: id, attributes: { "durable.attempt": "2" } });
    for (const { parentId, attributes } of named("dispatch"))
      if (attributes["durable.run_id"] === run) expect(parentId).toBe(id);
  });

  test("is what handlers are given", () => {
    const requests = new Set(named("dispatch").map(({ id }) => id));
    expect(given.map(({ id }) => id)).toEqual(expect.arrayContaining(["order", "child", "heard", "asked"]));
    for (const { id, traceparent } of given) {
      const [version, trace, span, flags] = traceparent!.split("-");
      expect([version, trace, flags], id).toEqual(["00", CALLER.trace, "01"]);
      expect(requests, id).toContain(span);
    }
  });

  test("says names and nothing of what is in them", () => {
    expect(receiver.flaws).toEqual([]);
    expect(JSON.stringify(receiver.spans)).not.toContain(cleanUp);
    expect(one("order").service).toBe("durable-under-test");
    const own = receiver.requests.filter(({ headers }) => headers["api-key"] !== undefined);
    expect(own.length).toBeGreaterThan(0);
    for (const { url, headers } of own) {
      expect(url).toBe("POST /v1/traces");
      expect(headers["api-key"]).toBe(SECRET);
    }
  });
});

test("a run that nobody gave a trace is one of its own, and so is one with a trace that is none", async () => {
  for (const headers of [{}, { traceparent: `00-${"0".repeat(32)}-${CALLER.span}-01` }]) {
    const run = await start("plain", headers);
    const spans = await told(traceOf(run), 1);
    expect(spans.find(isRun)).toMatchObject({ name: "plain", parentId: null });
    expect(given.at(-1)!.traceparent).toMatch(new RegExp(`^00-${traceOf(run)}-[0-9a-f]{16}-01$`));
  }
});

test("a trigger goes on with its caller's trace, and a CloudEvent with the one that it names", async () => {
  const trace = "1af7651916cd43dd8448eb211c80319c";
  const headers = { traceparent: `00-${trace}-${CALLER.span}-01` };
  await engine.call("POST", "/v1/apps/shop/dev/functions/plain/trigger", {}, headers);
  await told(trace, 1);
  const other = "2af7651916cd43dd8448eb211c80319c";
  const event = { specversion: "1.0", id: "1", source: "/test", type: "plain" };
  const body = { ...event, traceparent: `00-${other}-${CALLER.span}-01` };
  await engine.call("POST", "/v1/events?app=shop", body, headers);
  await told(other, 1);
});

test("what handles a failure is below the run that failed", async () => {
  const run = await start("fails");
  const spans = await told(traceOf(run), 2);
  const failed = spans.find(({ name }) => name === "fails")!;
  expect(failed.isError).toBe(true);
  const handler = spans.find((span) => isRun(span) && span !== failed)!;
  expect(handler.parentId).toBe(failed.id);
});

test("who began a trace that nobody records is obeyed: its app hears so, and its runs are told to nobody", async () => {
  const trace = "3af7651916cd43dd8448eb211c80319c";
  const silent = await start("plain", { traceparent: `00-${trace}-${CALLER.span}-00` });
  await app.ended(silent);
  expect(given.at(-1)!.traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-00$`));
  await told(traceOf(await start("plain")), 1);
  await waitFor("nothing is left to tell", async () => (await waiting(engine.database)) === 0);
  expect(receiver.of(trace)).toEqual([]);
});

type Sql = Pick<Awaited<ReturnType<typeof createDatabase>>, "sql">;

async function waiting({ sql }: Sql): Promise<number> {
  const [row] = await sql`select count(*)::int as count from durable.telemetry_runs`;
  return row!["count"];
}

async function figure(name: string): Promise<number> {
  const { text } = await engine.call("GET", "/metrics");
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
}

test.each([503, 401])(
  "a collector that answers %i gets all of it when it takes spans again",
  async (status) => {
    const before = await figure("durable_telemetry_failures_total");
    receiver.state.mood = status;
    const runs = await Promise.all([1, 2, 3, 4, 5].map(() => start("plain")));
    for (const run of runs) await app.ended(run);
    await waitFor(
      "it was tried",
      async () => (await figure("durable_telemetry_failures_total")) > before + 1,
    );
    expect(await waiting(engine.database)).toBe(5);
    receiver.state.mood = "takes";
    for (const run of runs) await told(traceOf(run), 1);
    await waitFor("nothing is left to tell", async () => (await waiting(engine.database)) === 0);
    const said = engine.logged.filter((line) => line.includes("the collector takes no spans"));
    expect(said.length).toBeLessThanOrEqual(2);
    expect(engine.logged.join("")).not.toContain(SECRET);
  },
);

test("what a collector refuses holds up nothing else", async () => {
  receiver.state.mood = (text) => (text.includes('"poison"') ? 400 : 200);
  const runs = await Promise.all(["plain", "plain", "poison", "plain"].map((name) => start(name)));
  for (const run of runs) await app.ended(run);
  await Promise.all([0, 1, 3].map((at) => told(traceOf(runs[at]!), 1)));
  await waitFor("nothing is left to tell", async () => (await waiting(engine.database)) === 0);
  receiver.state.mood = "takes";
  expect(receiver.of(traceOf(runs[2]!)).filter(isRun)).toEqual([]);
  expect(await figure("durable_telemetry_rejected_spans_total")).toBeGreaterThan(0);
});

test("what nobody has taken for a day goes, and is counted", async () => {
  receiver.state.mood = 503;
  await engine.database.sql`
    insert into durable.telemetry_runs (workspace_id, run_id, ended_at) values (1, gen_random_uuid(), clock_timestamp() - interval '25 hours')`;
  await app.ended(await start("plain"));
  await waitFor("it is gone", async () => (await figure("durable_telemetry_dropped_runs_total")) === 1);
  receiver.state.mood = "takes";
});

test("a run that cannot be told holds up nothing else, and is counted", async () => {
  const { sql } = engine.database;
  receiver.state.mood = 503;
  const [broken, whole] = [await start("plain"), await start("plain")];
  for (const run of [broken, whole]) await app.ended(run);
  // As nobody leaves it: its event is gone.
  await sql`create table public.kept as select e.* from durable.events e join durable.runs r on r.event_id = e.id where r.id = ${broken}`;
  await sql`delete from durable.events where id in (select id from public.kept)`;
  receiver.state.mood = "takes";
  await told(traceOf(whole), 1);
  await waitFor("nothing is left to tell", async () => (await waiting(engine.database)) === 0);
  expect(await figure("durable_telemetry_dropped_runs_total")).toBe(2);
  expect(receiver.of(traceOf(broken)).filter(isRun)).toEqual([]);
  await sql`insert into durable.events select * from public.kept`;
  await sql`drop table public.kept`;
});

describe("an engine that is killed", () => {
  test("leaves what it had not told, what it was telling, and what it had not even noted", async () => {
    const database = await createDatabase();
    const collector = await startOtlpReceiver();
    const config = {
      mode: "dev",
      database: { options: database.address },
      host: "127.0.0.1",
      port: 0,
      adminToken: null,
      encryptionKeys: [ENCRYPTION_KEY],
      leaseMs: 1_000,
      pollMs: 50,
      slots: 16,
      egress: { allowLoopback: true },
      telemetry: { url: collector.tracesUrl, headers: {}, serviceName: "durable" },
      log: terminalLog({ DURABLE_LOG: "error" }, new PassThrough().resume()),
    } as const;
    const first = createEngine(config);
    const { port } = await first.start();
    const call = async (method: string, path: string, body?: unknown) => {
      const headers = { "content-type": "application/json" };
      const request = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
      const response = await fetch(`http://127.0.0.1:${port}${path}`, request);
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
    };
    const own = await startSdkApp({ call }, "shop", [plain]);
    collector.state.mood = "holds";
    const telling = await own.start("plain");
    await own.ended(telling);
    await waitFor("it is being told", () => collector.held.length > 0);
    const untold = await own.start("plain");
    await own.ended(untold);
    await first.crash();
    expect(await waiting(database)).toBeGreaterThan(0);

    collector.state.mood = "takes";
    const second = createEngine(config);
    await second.start();
    // As if the time had passed for which the dead one had them.
    await database.sql`update durable.telemetry_runs set leased_until = '-infinity'`;
    await waitFor("all is told", async () => {
      const all = [telling, untold].every((run) => collector.of(traceOf(run)).some(isRun));
      return all && (await waiting(database)) === 0;
    });
    expect(collector.flaws).toEqual([]);
    await second.stop();
    await own.stop();
    await collector.close();
    await database.drop();
  });
});

test("an engine without a collector asks the database nothing for it", async () => {
  const quiet = await startEngine();
  const other = await startSdkApp(quiet, "shop", [plain]);
  expect((await other.ended(await other.start("plain"))).status).toBe("completed");
  const [row] = await quiet.database.sql`select count(*)::int as count from durable.telemetry_cursor`;
  expect(row!["count"]).toBe(0);
  expect((await quiet.call("GET", "/metrics")).text).not.toContain("durable_telemetry");
  await other.stop();
  await quiet.stop();
});
