// The engine, part by part. Read this first: everything that lives is named here, with what it is given.

import { hostname } from "node:os";
import type { Logger } from "pino";
import { EngineKeys } from "./auth/engine-keys.ts";
import { AppClient } from "./endpoint/app-client.ts";
import { type Collector, CollectorClient } from "./endpoint/collector-client.ts";
import { createConnector } from "./endpoint/connector.ts";
import { createEgressGuard, type EgressPolicy } from "./endpoint/egress-guard.ts";
import { FetchClient } from "./endpoint/fetch-client.ts";
import { Checkpoints } from "./execution/checkpoints.ts";
import { Committer, RUN_OUTCOMES, TASK_OUTCOMES } from "./execution/committer.ts";
import { EndpointHealth } from "./execution/endpoint-health.ts";
import type { ExecutionParts } from "./execution/execution-parts.ts";
import { StreamTrust } from "./execution/stream-trust.ts";
import { createHttpServer } from "./http/server.ts";
import { EventAcceptor } from "./ingest/accept-events.ts";
import { IngestPressure } from "./ingest/ingest-pressure.ts";
import { addHistograms } from "./observability/durations.ts";
import { EngineEvents } from "./observability/engine-events.ts";
import { processFamilies } from "./observability/process-metrics.ts";
import { AlertLoop } from "./queue/alert-loop.ts";
import { announceCommitted } from "./queue/announce-committed.ts";
import { AppResync } from "./queue/app-resync.ts";
import { ArrivalLoop } from "./queue/arrival-loop.ts";
import { BulkLoop } from "./queue/bulk-loop.ts";
import { ChangeRotation } from "./queue/change-rotation.ts";
import { CircuitLoop } from "./queue/circuit-loop.ts";
import { Dispatcher } from "./queue/dispatcher.ts";
import { EndTeller } from "./queue/end-teller.ts";
import { EraseLoop } from "./queue/erase-loop.ts";
import { ErrorGrouper } from "./queue/error-grouper.ts";
import { GateSweeper } from "./queue/gate-sweeper.ts";
import { HangUpHint } from "./queue/hang-up-hint.ts";
import { InputNotifier } from "./queue/input-notifier.ts";
import { LeaseKeeper } from "./queue/lease-keeper.ts";
import { LeaseReconciler } from "./queue/lease-reconciler.ts";
import { MetricRoller } from "./queue/metric-roller.ts";
import { ReadyHint } from "./queue/ready-hint.ts";
import { createRescuer } from "./queue/rescuer.ts";
import { RetentionLoop } from "./queue/retention-loop.ts";
import { Scheduler } from "./queue/scheduler.ts";
import type { AcceptEvent } from "./queue/send-owed-event.ts";
import { Slots } from "./queue/slots.ts";
import { SpanExporter } from "./queue/span-exporter.ts";
import { TimerLoop } from "./queue/timer-loop.ts";
import { WaitMatcher } from "./queue/wait-matcher.ts";
import { WebhookLoop } from "./queue/webhook-loop.ts";
import { resealSecrets } from "./registry/reseal-secrets.ts";
import { WorkspaceRegistry } from "./registry/workspace-registry.ts";
import { cancelRun } from "./runs/cancel-run.ts";
import { faultPoint } from "./runtime/fault-points.ts";
import { type Service, startAll, stopAll } from "./runtime/service.ts";
import { systemPorts } from "./runtime/system-ports.ts";
import { type DatabaseOptions, openDatabase, portOf } from "./store/database.ts";
import { migrate } from "./store/migrate.ts";
import { PAGE_SETTINGS, PLAN_SETTINGS } from "./store/plan-settings.ts";
import { VERSION } from "./version.ts";

export interface EngineConfig {
  /** `dev`: on loopback, no keys needed. `production`: an admin token, and no loopback apps unless allowed. */
  readonly mode: "dev" | "production";
  readonly database: Pick<DatabaseOptions, "url" | "options">;
  /** To the database, at most, beside those of pages and two that listen; 10 when it is left out. */
  readonly connections?: number;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly adminToken: string | null;
  /** Reads `/metrics` and nothing else; left out, nobody has one. */
  readonly metricsToken?: string | null;
  /** Of 32 bytes, the same for all engines of a database: the first seals what is secret, all of them open it. */
  readonly encryptionKeys: readonly Uint8Array[];
  /** A dead engine is noticed after this; its heartbeat is five times as fast. */
  readonly leaseMs: number;
  /** The truth behind the hints: how long anything may stay unnoticed. */
  readonly pollMs: number;
  /** Dispatches that this process has under way at the same time, at most. */
  readonly slots: number;
  /** Whether requests to apps may stay open for many turns; in dev each turn is a replay, unless this is said. */
  readonly streams?: boolean | undefined;
  /** Which apps may be called beside those at public https addresses. */
  readonly egress: Pick<EgressPolicy, "allowLoopback" | "allowPlainHttp" | "allowedNetworks">;
  /** Where runs that have ended are told as spans, and under what name; left out, nowhere. */
  readonly telemetry?: (Collector & { readonly serviceName: string }) | null;
  readonly log: Logger;
}

/** The longest pause between two probes of an app that is down. In dev somebody is waiting for it. */
const PROBE_MS_MAX = 10_000;
const DEV_PROBE_MS_MAX = 2_000;

export interface Engine {
  start(): Promise<{ readonly port: number }>;
  /** Drains: takes no new lease, commits what is in flight, leaves owning none. */
  stop(): Promise<void>;
  /** All that waits for a time looks at once: the clock has jumped. For tests. */
  lookAround(): void;
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
    max: config.connections ?? 10,
    applicationName: "durable engine",
    settings: { ...PLAN_SETTINGS, lock_timeout: "500" },
  });
  const pages = openDatabase({
    ...config.database,
    max: 4,
    applicationName: "durable api",
    settings: { ...PAGE_SETTINGS, statement_timeout: "10000" },
  });

  const engineKeys = new EngineKeys(config.encryptionKeys, ports.random);
  const registry = new WorkspaceRegistry({ ...ports, database, engineKeys, isDev: config.mode === "dev" });
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
    load: () => dispatcher.load,
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
  const webhookClient = new FetchClient({ ...ports, connect });
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
  const metricRoller = new MetricRoller({ ...ports, database, pollMs: config.pollMs, log });
  const errorGrouper = new ErrorGrouper({ ...ports, database, pollMs: config.pollMs, log });
  events.on("run.ended", ({ end }) => {
    if (end.status === "failed") errorGrouper.soon();
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
      circuitLoop.soon();
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
    streams: new StreamTrust({ clock: ports.clock, isOn: config.streams ?? config.mode === "production" }),
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
  const changeRotation = new ChangeRotation({ ...ports, database, pollMs: config.pollMs, log });
  const retention = new RetentionLoop({ ...ports, database, pollMs: config.pollMs, log });
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
  const bulkLoop = new BulkLoop({
    ...ports,
    database,
    registry,
    pollMs: config.pollMs,
    log,
    acted: () => dispatcher.kick(),
  });
  const alertLoop = new AlertLoop({ ...ports, database, accept, pollMs: config.pollMs, log });
  const webhookLoop = new WebhookLoop({
    ...ports,
    database,
    engineKeys,
    fetchClient: webhookClient,
    pollMs: config.pollMs,
    log,
  });
  const eraseLoop = new EraseLoop({
    ...ports,
    database,
    pollMs: config.pollMs,
    log,
    acted: () => dispatcher.kick(),
  });
  const { telemetry = null } = config;
  const spanExporter =
    telemetry === null
      ? null
      : new SpanExporter({
          ...ports,
          database,
          pollMs: config.pollMs,
          log,
          collector: new CollectorClient(telemetry, ports.timers),
          teller: { serviceName: telemetry.serviceName, version: VERSION },
        });
  const http = createHttpServer({
    ...ports,
    config,
    engineKeys,
    database: pages,
    log,
    events,
    acceptEvents,
    checkpoints,
    registry,
    appClient,
    egress,
    webhookClient,
    jobReady: () => dispatcher.kick(),
    bulkReady: () => bulkLoop.soon(),
    eraseReady: () => eraseLoop.soon(),
    retentionChanged: () => retention.soon(),
    isHeld: (workspaceId, runId) => dispatcher.held.get(runId)?.workspaceId === workspaceId,
    processMetrics: () =>
      processFamilies({
        engineId: keeper.engineId(),
        version: VERSION,
        slotsTotal: slots.total,
        slotsUsed: slots.used,
        leases: dispatcher.held.size,
        commits: {
          calls: committer.count.calls + taskCommitter.count.calls,
          items: committer.count.items + taskCommitter.count.items,
        },
        commitDurations: addHistograms(committer.durations, taskCommitter.durations),
        exported: spanExporter?.count ?? null,
      }),
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
    retention,
    changeRotation,
    arrivalLoop,
    endTeller,
    errorGrouper,
    metricRoller,
    ...(spanExporter === null ? [] : [spanExporter]),
    alertLoop,
    webhookLoop,
    dispatcher,
    inputNotifier,
    scheduler,
    bulkLoop,
    eraseLoop,
    http,
  ];

  return {
    async start() {
      await migrate({ database, log: (line) => log.info(line) });
      await resealSecrets(database, engineKeys, log);
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
    lookAround() {
      const timed = [timerLoop, waitMatcher, circuitLoop, gateSweeper, arrivalLoop, endTeller, inputNotifier];
      for (const loop of [...timed, scheduler, bulkLoop, eraseLoop, alertLoop, webhookLoop]) loop.soon();
      dispatcher.kick();
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
