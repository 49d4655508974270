import { parseSecret, replyKeyOf } from "@durable/protocol/wire";
import { EndpointHealth } from "../../engine/src/execution/endpoint-health.ts";
import type { ExecutionParts } from "../../engine/src/execution/execution-parts.ts";
import { EventAcceptor } from "../../engine/src/ingest/accept-events.ts";
import { IngestPressure } from "../../engine/src/ingest/ingest-pressure.ts";
import { Dispatcher, type DispatcherOptions } from "../../engine/src/queue/dispatcher.ts";
import { LeaseReconciler } from "../../engine/src/queue/lease-reconciler.ts";
import { Slots } from "../../engine/src/queue/slots.ts";
import type { WorkspaceEntry, WorkspaceRegistry } from "../../engine/src/registry/workspace-registry.ts";
import { systemPorts } from "../../engine/src/runtime/system-ports.ts";
import type { Database } from "../../engine/src/store/database.ts";
import type { Stage } from "./stage.ts";

export const LEASE_MS = 2_500;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} } as unknown as DispatcherOptions["log"];
const SIGNING_KEY = parseSecret(`whsec_${Buffer.alloc(32, 1).toString("base64")}`);

export interface LeasePartsOptions {
  readonly stage: Stage;
  readonly database: Database;
  /** While the app has the request. */
  readonly answering?: (fence: string) => Promise<void>;
  /** Instead of the shortest end. */
  readonly commit?: (runId: string) => Promise<void>;
}

/** The parts of an engine that take leases, and an app that is never there. */
export function startParts({ stage, database, answering, commit }: LeasePartsOptions) {
  const ports = systemPorts();
  const fences: string[] = [];
  const fn = {
    id: "racer",
    version: 1,
    retry: undefined,
    input: null,
    limits: [],
    manifest: { triggers: [] },
  };
  const workspace = {
    workspaceId: stage.workspaceId,
    app: "race",
    environment: "test",
    version: 0,
    endpoint: { url: "", origin: "", path: "/", maxDurationMs: null, manifestDigest: "" },
    ...{ older: new Map(), newest: null, kept: new Map(), pauses: [] },
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
  const slots = new Slots(8);
  const common = { ...ports, database, authority, slots, leaseMs: LEASE_MS, log: SILENT };
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
        const { fence } = JSON.parse(request.body).task;
        fences.push(fence);
        await answering?.(fence);
        return { kind: "never-arrived", reason: "refused", detail: "", receivedMs: 0 };
      },
    },
    // Ends the run in the shortest way.
    committer: {
      async commit({ runId }: { runId: string }) {
        if (commit !== undefined) await commit(runId);
        else await stage.database.sql`delete from durable.live_runs where run_id = ${runId}`;
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
    dueIn() {},
    shaped() {},
    owesMatch() {},
    pressure: new IngestPressure(common, () => {}),
  });
  /** As whoever hands over a lease has done before. */
  const take = (count: number) => slots.take(count);
  return { fences, dispatcher, reconciler, acceptor, take };
}
