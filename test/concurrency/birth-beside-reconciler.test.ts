// A birth or a claim whose answer is late, and the reconciler, which looks for leases whose answer was lost: one fence
// must never name two dispatches, and a lease must never be left alone.
import { setTimeout as sleep } from "node:timers/promises";
import { parseSecret, replyKeyOf } from "@durable/protocol/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EndpointHealth } from "../../engine/src/execution/endpoint-health.ts";
import type { ExecutionParts } from "../../engine/src/execution/execute-run.ts";
import { EventAcceptor } from "../../engine/src/ingest/accept-events.ts";
import { IngestPressure } from "../../engine/src/ingest/ingest-pressure.ts";
import { Dispatcher, type DispatcherOptions } from "../../engine/src/queue/dispatcher.ts";
import { LeaseReconciler } from "../../engine/src/queue/lease-reconciler.ts";
import { Slots } from "../../engine/src/queue/slots.ts";
import type { WorkspaceEntry, WorkspaceRegistry } from "../../engine/src/registry/workspace-registry.ts";
import { systemPorts } from "../../engine/src/runtime/system-ports.ts";
import type { Database } from "../../engine/src/store/database.ts";
import { Stage } from "./stage.ts";

const LEASE_MS = 2_500;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} } as unknown as DispatcherOptions["log"];
const SIGNING_KEY = parseSecret(`whsec_${Buffer.alloc(32, 1).toString("base64")}`);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(71);
});
afterAll(() => stage.close());

/** The parts of an engine that take leases, and an app that is never there. */
function startParts(database: Database) {
  const ports = systemPorts();
  const fences: string[] = [];
  const fn = { id: "racer", version: 1, retry: undefined, input: null, manifest: { triggers: [] } };
  const workspace = {
    workspaceId: stage.workspaceId,
    app: "race",
    environment: "test",
    version: 0,
    endpoint: { url: "", origin: "", path: "/", maxDurationMs: null, manifestDigest: "" },
    ...{ older: new Map(), newest: null, kept: new Map() },
    signingKeys: [SIGNING_KEY],
    replyKeys: [replyKeyOf(SIGNING_KEY)],
    functions: new Map([[fn.id, fn]]),
    listeners: { of: (name: string) => (name === "born" ? [{ fn, filters: null }] : []) },
  } as unknown as WorkspaceEntry;
  const registry = { peek: () => workspace } as unknown as WorkspaceRegistry;
  const authority = {
    engineId: () => stage.engineId,
    mayAct: () => true,
    untilMayAct: () => Promise.resolve(true),
  };
  const common = { ...ports, database, authority, slots: new Slots(8), leaseMs: LEASE_MS, log: SILENT };
  const health = new EndpointHealth({
    ...ports,
    database,
    appClient: { call: () => Promise.reject(new Error("no app is asked here")) },
    log: SILENT,
    slots: 8,
    changed() {},
  });
  // Every dispatch fails, and none of them says that the route is down.
  health.leave();
  const execution = {
    ...ports,
    authority,
    health,
    registry,
    appClient: {
      async call(_: unknown, request: { body: string }) {
        fences.push(JSON.parse(request.body).task.fence);
        return { kind: "never-arrived", reason: "refused", detail: "", receivedMs: 0 };
      },
    },
    // Ends the run in the shortest way.
    committer: {
      async commit({ runId }: { runId: string }) {
        await stage.database.sql`delete from durable.live_runs where run_id = ${runId}`;
        return { state: "lost", journalSeq: 0 };
      },
    },
  } as unknown as ExecutionParts;
  const suspectLeases = () => reconciler.suspect();
  const dispatcher = new Dispatcher({
    ...common,
    pollMs: 10,
    execution,
    health,
    giveUpDispatches() {},
    tellOthers() {},
    suspectLeases,
  });
  const reconciler = new LeaseReconciler({ ...common, database: stage.right, dispatcher });
  const acceptor = new EventAcceptor({
    ...common,
    registry,
    engineId: authority.engineId,
    births: dispatcher,
    suspectLeases,
    owesMatch() {},
    pressure: new IngestPressure(common, () => {}),
  });
  return { fences, dispatcher, reconciler, acceptor };
}

/** The first statement with `word` in it is executed, and its answer kept back for two looks of the reconciler. */
function withLateAnswer(word: string, afterwards: (rows: unknown) => unknown): Database {
  let isFirst = true;
  const late = async (pending: Promise<unknown>) => {
    const rows = await pending;
    await sleep(3 * (LEASE_MS / 5) + 500);
    return afterwards(rows);
  };
  const intercept = (text: string, pending: Promise<unknown>) => {
    if (!isFirst || !text.includes(word)) return pending;
    isFirst = false;
    return late(pending);
  };
  const { sql } = stage.left;
  const wrapped = new Proxy(sql, {
    apply: (_, __, [template, ...values]) => intercept(template.join("?"), sql(template, ...values)),
    get: (target, name, self) =>
      name === "unsafe"
        ? (text: string, ...more: []) => intercept(text, sql.unsafe(text, ...more))
        : Reflect.get(target, name, self),
  });
  return { ...stage.left, sql: wrapped };
}

const born = { clientId: null, name: "born", data: "null", timeMs: null };

test("a birth whose answer comes late is started once", async () => {
  const { fences, reconciler, acceptor, dispatcher } = startParts(
    withLateAnswer("accept_events", (rows) => rows),
  );
  await reconciler.start();
  reconciler.suspect();
  const accepted = await acceptor.accept(stage.workspaceId, [born]);
  expect(accepted).toMatchObject({ state: "accepted", runs: [{ function: "racer" }] });
  await reconciler.stop();
  await dispatcher.stop();
  expect(fences.length).toBe(1);
});

test("a birth whose answer is lost, and which is looked up late, is started once", async () => {
  const database = withLateAnswer("accept_events", () => {
    throw Object.assign(new Error("the line broke"), { code: "CONNECTION_CLOSED" });
  });
  const { fences, reconciler, acceptor, dispatcher } = startParts(database);
  await reconciler.start();
  reconciler.suspect();
  await acceptor.accept(stage.workspaceId, [born]);
  await reconciler.stop();
  await dispatcher.stop();
  expect(fences.length).toBe(1);
});

test("a claim whose answer comes late is executed once, and one whose answer is lost is taken up", async () => {
  for (const isLost of [false, true]) {
    const run = await stage.startRun();
    await stage.database.sql`
      update durable.live_runs set status = 'queued', engine_id = null, ready_rank = 1 where run_id = ${run.runId}`;
    await stage.database.sql`
      insert into durable.ready (rank, workspace_id, run_id) values (1, ${run.workspaceId}, ${run.runId})`;
    const database = withLateAnswer("durable.claim(", (rows) => {
      if (isLost) throw Object.assign(new Error("the line broke"), { code: "CONNECTION_CLOSED" });
      return rows;
    });
    const { fences, reconciler, dispatcher } = startParts(database);
    await reconciler.start();
    await dispatcher.start();
    reconciler.suspect();
    await expect.poll(() => fences.length, { timeout: 10_000 }).toBe(1);
    await sleep(LEASE_MS / 2);
    await reconciler.stop();
    await dispatcher.stop();
    expect(fences.length).toBe(1);
  }
});
