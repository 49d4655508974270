// The engine, part by part. Read this first: everything that lives is named here, with what it is given.

import { hostname } from "node:os";
import type { Logger } from "pino";
import { AppClient } from "./endpoint/app-client.ts";
import { createConnector } from "./endpoint/connector.ts";
import { createEgressGuard, type EgressPolicy } from "./endpoint/egress-guard.ts";
import { FetchClient } from "./endpoint/fetch-client.ts";
import { Checkpoints } from "./execution/checkpoints.ts";
import { Committer, RUN_OUTCOMES, TASK_OUTCOMES } from "./execution/committer.ts";
import { EndpointHealth } from "./execution/endpoint-health.ts";
import type { ExecutionParts } from "./execution/execute-run.ts";
import { createHttpServer } from "./http/server.ts";
import { EventAcceptor } from "./ingest/accept-events.ts";
import { IngestPressure } from "./ingest/ingest-pressure.ts";
import { EngineEvents } from "./observability/engine-events.ts";
import { announceCommitted } from "./queue/announce-committed.ts";
import { AppResync } from "./queue/app-resync.ts";
import { ArrivalLoop } from "./queue/arrival-loop.ts";
import { CircuitLoop } from "./queue/circuit-loop.ts";
import { Dispatcher } from "./queue/dispatcher.ts";
import { EndTeller } from "./queue/end-teller.ts";
import { GateSweeper } from "./queue/gate-sweeper.ts";
import { HangUpHint } from "./queue/hang-up-hint.ts";
import { InputNotifier } from "./queue/input-notifier.ts";
import { LeaseKeeper } from "./queue/lease-keeper.ts";
import { LeaseReconciler } from "./queue/lease-reconciler.ts";
import { ReadyHint } from "./queue/ready-hint.ts";
import { createRescuer } from "./queue/rescuer.ts";
import { Scheduler } from "./queue/scheduler.ts";
import type { AcceptEvent } from "./queue/send-owed-event.ts";
import { Slots } from "./queue/slots.ts";
import { TimerLoop } from "./queue/timer-loop.ts";
import { WaitMatcher } from "./queue/wait-matcher.ts";
import { WorkspaceRegistry } from "./registry/workspace-registry.ts";
import { cancelRun } from "./runs/cancel-run.ts";
import { faultPoint } from "./runtime/fault-points.ts";
import { type Service, startAll, stopAll } from "./runtime/service.ts";
import { systemPorts } from "./runtime/system-ports.ts";
import { type DatabaseOptions, openDatabase, portOf } from "./store/database.ts";
import { migrate } from "./store/migrate.ts";
import { PLAN_SETTINGS } from "./store/plan-settings.ts";
import { VERSION } from "./version.ts";

export interface EngineConfig {
  /** `dev`: on loopback, no keys needed. `production`: an admin token, and no loopback apps unless allowed. */
  readonly mode: "dev" | "production";
  readonly database: Pick<DatabaseOptions, "url" | "options">;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly adminToken: string | null;
  /** A dead engine is noticed after this; its heartbeat is five times as fast. */
  readonly leaseMs: number;
  /** The truth behind the hints: how long anything may stay unnoticed. */
  readonly pollMs: number;
  /** Dispatches that this process has under way at the same time, at most. */
  readonly slots: number;
  /** Which apps may be called beside those at public https addresses. */
  readonly egress: Pick<EgressPolicy, "allowLoopback" | "allowPlainHttp" | "allowedNetworks">;
  readonly log: Logger;
}

/** The longest pause between two probes of an app that is down. In dev somebody is waiting for it. */
const PROBE_MS_MAX = 10_000;
const DEV_PROBE_MS_MAX = 2_000;

export interface Engine {
  start(): Promise<{ readonly port: number }>;
  /** Drains: takes no new lease, commits what is in flight, leaves owning none. */
  stop(): Promise<void>;
  /** Leaves what a killed process leaves: nothing is drained, told or given back. For tests. */
  crash(): Promise<void>;
}

/** Runs executed at once while senders bring events faster than they can be stored. */
const SLOTS_UNDER_PRESSURE = 16;

export function createEngine(config: EngineConfig): Engine {
  const { log } = config;
  const ports = systemPorts();
  const events = new EngineEvents();
  const slots = new Slots(config.slots);

  const database = openDatabase({
    ...config.database,
    max: 10,
    applicationName: "durable engine",
    settings: { ...PLAN_SETTINGS, lock_timeout: "500" },
  });
  const pages = openDatabase({
    ...config.database,
    max: 4,
    applicationName: "durable api",
    settings: { statement_timeout: "10000" },
  });

  const registry = new WorkspaceRegistry(database, ports.clock, config.mode === "dev");
  const keeper = new LeaseKeeper({
    ...ports,
    database,
    row: {
      leaseMs: config.leaseMs,
      slots: config.slots,
      host: hostname(),
      pid: process.pid,
      version: VERSION,
    },
    log,
    lost: (engineId) => events.emit("engine.lost", { engineId }),
  });
  const ownPorts = [portOf(config.database)];
  const egress = createEgressGuard({ ...config.egress, ownPorts });
  const connect = createConnector({ ...ports, guard: egress });
  const appClient = new AppClient({
    ...ports,
    connect,
    maxConnectionsPerOrigin: config.slots,
  });
  const fetchClient = new FetchClient({ ...ports, connect });
  const resync = new AppResync({ ...ports, database, registry, appClient, egress }, log);
  const functionsNow = async (workspaceId: number) => {
    await resync.idle(workspaceId);
    registry.forget(workspaceId);
    return registry.of(workspaceId);
  };
  const commits = { ...ports, database, authority: keeper, log };
  const committer = new Committer(commits, RUN_OUTCOMES);
  const taskCommitter = new Committer(commits, TASK_OUTCOMES);

  const timerLoop = new TimerLoop({
    ...ports,
    database,
    pollMs: config.pollMs,
    log,
    fired() {
      dispatcher.kick();
      inputNotifier.soon();
    },
    ticks: () => scheduler.soon(),
  });
  const waitMatcher = new WaitMatcher({
    ...ports,
    database,
    pollMs: config.pollMs,
    log,
    resolved: () => dispatcher.kick(),
    cancelled: ({ workspaceId, runId }) => {
      const end = { status: "cancelled", output: null, failure: null, state: null } as const;
      events.emit("run.ended", { workspaceId, runId, end });
    },
  });
  /** The door that every event comes through. */
  const accept: AcceptEvent = (workspaceId, event) => acceptEvents.accept(workspaceId, [event]);
  const endTeller = new EndTeller({
    ...ports,
    database,
    pollMs: config.pollMs,
    log,
    settled: () => dispatcher.kick(),
    accept,
  });
  // Those that this process completes or fails are announced with what their commit says.
  events.on("run.ended", ({ end }) => {
    if (end.status === "cancelled") endTeller.soon();
  });
  const announced = announceCommitted({
    events,
    timerLoop,
    waitMatcher,
    endTeller,
    asked: () => inputNotifier.soon(),
    kick: () => dispatcher.kick(),
  });
  const suspectLeases = () => reconciler.suspect();
  const health = new EndpointHealth({
    ...ports,
    database,
    appClient,
    log,
    slots: config.slots,
    changed: () => {
      circuitLoop.kick();
      dispatcher.kick();
    },
  });
  const circuitLoop = new CircuitLoop({
    ...ports,
    database,
    registry,
    appClient,
    health,
    pollMs: config.pollMs,
    probeMsMax: config.mode === "dev" ? DEV_PROBE_MS_MAX : PROBE_MS_MAX,
    log,
    released: () => dispatcher.kick(),
  });
  const execution: ExecutionParts = {
    ...ports,
    database,
    registry,
    appClient,
    health,
    fetchClient,
    committer,
    taskCommitter,
    authority: keeper,
    log,
    manifestChanged: (workspaceId) => resync.ask(workspaceId),
    functionsNow,
    shouldYield: (run) => dispatcher.shouldYield(run),
    ...announced,
    suspectLeases,
  };
  const checkpoints = new Checkpoints({
    ...ports,
    database,
    registry,
    committer,
    committed: announced.committed,
    functionsNow,
    wantsBack(runId) {
      const run = dispatcher.held.get(runId);
      return run === undefined ? null : dispatcher.shouldYield(run);
    },
  });
  const giveUpDispatches = () => {
    health.leave();
    appClient.giveUp();
    fetchClient.giveUp();
  };
  const dispatcher = new Dispatcher({
    ...ports,
    database,
    authority: keeper,
    slots,
    pollMs: config.pollMs,
    log,
    execution,
    health,
    giveUpDispatches,
    tellOthers: () => hint.tell(),
    suspectLeases,
  });
  const hint = new ReadyHint({ ...ports, database, log, heard: () => dispatcher.heard() });
  const hangUpHint = new HangUpHint({
    database,
    heard: (runId, fence) => dispatcher.hangUp(runId, fence),
  });
  const reconciler = new LeaseReconciler({
    ...ports,
    database,
    authority: keeper,
    dispatcher,
    slots,
    leaseMs: config.leaseMs,
    log,
  });
  const rescuer = createRescuer({
    ...ports,
    database,
    leaseMs: config.leaseMs,
    log,
    rescued: () => dispatcher.kick(),
  });
  const pressure = new IngestPressure(ports, (isPressed) => {
    slots.cap = isPressed ? SLOTS_UNDER_PRESSURE : Number.POSITIVE_INFINITY;
    if (!isPressed) dispatcher.kick();
  });
  const acceptEvents = new EventAcceptor({
    ...ports,
    pressure,
    database,
    registry,
    engineId: () => keeper.engineId(),
    births: dispatcher,
    suspectLeases,
    owesMatch: (refs) => waitMatcher.holdAgainstWaits(refs),
    dueIn: (ms) => timerLoop.dueIn(ms),
    shaped: () => {
      timerLoop.dueIn(0);
      endTeller.soon();
    },
    log,
  });
  const arrivalLoop = new ArrivalLoop({ ...ports, database, pollMs: config.pollMs, log });
  const gateSweeper = new GateSweeper({ ...ports, database, pollMs: config.pollMs, log });
  const inputNotifier = new InputNotifier({
    ...ports,
    database,
    accept,
    pollMs: config.pollMs,
    log,
  });
  const scheduler = new Scheduler({
    ...ports,
    database,
    pollMs: config.pollMs,
    log,
    accept,
    cancel: async (cancel) => {
      await cancelRun({ database, events }, cancel);
      // It may have steps to undo, and has left the place that the next one waits for.
      dispatcher.kick();
    },
    dueIn: (ms) => timerLoop.dueIn(ms),
  });
  const http = createHttpServer({
    ...ports,
    config,
    database: pages,
    log,
    events,
    acceptEvents,
    checkpoints,
    registry,
    appClient,
    egress,
    jobReady: () => dispatcher.kick(),
    isHeld: (workspaceId, runId) => dispatcher.held.get(runId)?.workspaceId === workspaceId,
    isDown: (workspaceId) => health.isOpen(workspaceId),
  });

  // Stopped in the reverse order: first the doors, then the loops, last the heartbeat that keeps our leases.
  const services: readonly Service[] = [
    keeper,
    hint,
    hangUpHint,
    rescuer,
    reconciler,
    timerLoop,
    waitMatcher,
    circuitLoop,
    gateSweeper,
    arrivalLoop,
    endTeller,
    dispatcher,
    inputNotifier,
    scheduler,
    http,
  ];

  return {
    async start() {
      await migrate({ database, log: (line) => log.info(line) });
      await startAll(services);
      ownPorts.push(http.port);
      log.info({ port: http.port, engineId: keeper.engineId() }, "the engine is up");
      return { port: http.port };
    },
    async stop() {
      await faultPoint("drain.begin");
      try {
        await keeper.drain();
      } catch (error) {
        log.warn({ err: error }, "the drain could not be written down; leases are let go all the same");
      }
      try {
        await stopAll(services);
      } finally {
        // Whatever did not stop: an open connection would keep the process alive for ever.
        await appClient.close();
        await Promise.all([database.end(), pages.end()]);
      }
    },
    async crash() {
      keeper.abandon();
      http.cut();
      // Statements under way may still commit, with nobody to hear of it, as in a crash.
      await Promise.all([database.end({ timeoutMs: 0 }), pages.end({ timeoutMs: 0 })]);
      giveUpDispatches();
      await stopAll(services).catch(() => {});
      await appClient.close();
    },
  };
}
