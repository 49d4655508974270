// One request for every route of the table, by the ids of what a workspace has: what is true of all routes is tried on all.
import { DEV_SECRET } from "@durable/protocol/wire";
import { createFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { expect } from "vitest";
import type { Operation } from "../../engine/src/http/contract/table.ts";
import { waitFor } from "../support/wait.ts";
import type { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

/** Ids of a workspace, all of them unlike those of any other. */
export interface Things {
  readonly run: string;
  readonly asleep: string;
  readonly event: string;
  readonly input: string;
  readonly skip: string;
  readonly schedule: string;
  readonly limit: string;
  readonly pause: string;
  readonly deployment: string;
  readonly fn: string;
  readonly key: string;
  readonly secret: string;
  readonly bulk: string;
  readonly erasure: string;
  readonly webhook: string;
  readonly caller: string;
  readonly view: string;
  readonly sync: string;
  readonly error: string;
}

export interface RouteRequest {
  /** The rest of the path behind `/v1/apps/{app}/{env}`. */
  readonly path: string;
  readonly body?: object;
  /** By an app: signed, and no person can send it. */
  readonly isSigned?: true;
}

const UUID = "00000000-0000-7000-8000-000000000000";
/** A name that nobody has. */
const WEBHOOK = { url: "https://hooks.invalid/durable", events: ["durable.alert.*"] };
const STEP = "0".repeat(32);

/** Null: it names no workspace in its path. */
export const REQUESTS: Record<Operation, ((of: Things) => RouteRequest) | null> = {
  health: null,
  ready: null,
  openApi: null,
  scrapeMetrics: null,
  listApps: null,
  find: null,
  getMe: null,
  getFleet: null,
  sendEvents: null,
  completeToken: null,
  listEvents: () => ({ path: "/events" }),
  getEvent: (of) => ({ path: `/events/${of.event}` }),
  listSkips: () => ({ path: "/skips" }),
  runSkip: (of) => ({ path: `/skips/${of.skip}/run`, body: {} }),
  sendSignal: () => ({ path: "/signals/s", body: {} }),
  syncApp: () => ({ path: "/sync", body: {} }),
  listSyncs: () => ({ path: "/syncs" }),
  getSync: (of) => ({ path: `/syncs/${of.sync}` }),
  markWorkspace: () => ({ path: "/mark", body: { production: false } }),
  getRetention: () => ({ path: "/retention" }),
  listViews: () => ({ path: "/views" }),
  saveView: () => ({ path: "/views", body: { screen: "runs", name: "more", search: { status: "failed" } } }),
  deleteView: (of) => ({ path: `/views/${of.view}` }),
  listAlerts: () => ({ path: "/alerts" }),
  listAlertRules: () => ({ path: "/alert-rules" }),
  setAlertRule: () => ({ path: "/alert-rules/failed", body: { enabled: true } }),
  createWebhook: () => ({ path: "/webhooks", body: WEBHOOK }),
  listWebhooks: () => ({ path: "/webhooks" }),
  getWebhook: (of) => ({ path: `/webhooks/${of.webhook}` }),
  changeWebhook: (of) => ({ path: `/webhooks/${of.webhook}`, body: { enabled: false } }),
  testWebhook: (of) => ({ path: `/webhooks/${of.webhook}/test` }),
  rotateWebhookSecret: (of) => ({ path: `/webhooks/${of.webhook}/rotate`, body: {} }),
  deleteWebhook: (of) => ({ path: `/webhooks/${of.webhook}` }),
  abortErasure: (of) => ({ path: `/erasures/${of.erasure}/abort`, body: {} }),
  listCallers: () => ({ path: "/callers" }),
  allowCaller: () => ({ path: "/callers/anybody", body: { functions: ["quick-*"] } }),
  removeCaller: (of) => ({ path: `/callers/${of.caller}` }),
  eraseOwner: () => ({ path: "/erasures", body: { path: "of.nobody", value: "nobody" } }),
  listErasures: () => ({ path: "/erasures" }),
  getErasure: (of) => ({ path: `/erasures/${of.erasure}` }),
  exportRuns: () => ({ path: "/export" }),
  setRetention: () => ({ path: "/retention", body: { days: 30 } }),
  listAudit: () => ({ path: "/audit" }),
  listDeployments: () => ({ path: "/deployments" }),
  retireDeployment: (of) => ({ path: `/deployments/${of.deployment}/retire`, body: {} }),
  listLimits: () => ({ path: "/limits" }),
  setLimit: (of) => ({ path: `/limits/${of.limit}`, body: { count: 3 } }),
  listShapes: () => ({ path: "/shapes" }),
  listPauses: () => ({ path: "/pauses" }),
  pauseTarget: (of) => ({ path: "/pauses", body: { function: of.fn.replace("quick", "picky") } }),
  resumePause: (of) => ({ path: `/pauses/${of.pause}/resume`, body: {} }),
  getFunction: (of) => ({ path: `/functions/${of.fn}` }),
  listFunctions: () => ({ path: "/functions" }),
  triggerFunction: (of) => ({ path: `/functions/${of.fn}/trigger`, body: {} }),
  callFunction: (of) => ({ path: `/functions/${of.fn}/call`, body: {} }),
  listSchedules: () => ({ path: "/schedules" }),
  createSchedule: (of) => ({ path: "/schedules", body: { id: "made", function: of.fn, cron: "0 9 * * *" } }),
  getSchedule: (of) => ({ path: `/schedules/${of.schedule}` }),
  changeSchedule: (of) => ({ path: `/schedules/${of.schedule}`, body: { cron: "0 8 * * *" } }),
  deleteSchedule: (of) => ({ path: `/schedules/${of.schedule}` }),
  pauseSchedule: (of) => ({ path: `/schedules/${of.schedule}/pause`, body: {} }),
  resumeSchedule: (of) => ({ path: `/schedules/${of.schedule}/resume`, body: {} }),
  runSchedule: (of) => ({ path: `/schedules/${of.schedule}/run`, body: {} }),
  backfillSchedule: (of) => ({
    path: `/schedules/${of.schedule}/backfill`,
    body: { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T00:00:01.000Z" },
  }),
  stream: () => ({ path: "/stream?topics=none" }),
  changeTopics: () => ({ path: `/stream/${UUID}/topics`, body: { topics: "runs" } }),
  getMetrics: () => ({ path: "/metrics" }),
  countRuns: () => ({ path: "/run-counts" }),
  listRuns: () => ({ path: "/runs" }),
  getRun: (of) => ({ path: `/runs/${of.run}` }),
  getRunResult: (of) => ({ path: `/runs/${of.run}/result` }),
  getRunTree: (of) => ({ path: `/runs/${of.run}/tree` }),
  getRunTrace: (of) => ({ path: `/runs/${of.run}/trace` }),
  getRunHistory: (of) => ({ path: `/runs/${of.run}/history` }),
  getError: (of) => ({ path: `/errors/${of.error}` }),
  resolveError: (of) => ({ path: `/errors/${of.error}/resolve`, body: {} }),
  muteError: (of) => ({ path: `/errors/${of.error}/mute`, body: {} }),
  reopenError: (of) => ({ path: `/errors/${of.error}/reopen`, body: {} }),
  listLogs: () => ({ path: "/logs" }),
  listRunLogs: (of) => ({ path: `/runs/${of.run}/logs` }),
  createRunToken: (of) => ({ path: `/runs/${of.run}/tokens`, body: { fields: ["status"] } }),
  watchRun: (of) => ({ path: `/runs/${of.run}/watch` }),
  followRun: (of) => ({ path: `/runs/${of.run}/watch/stream` }),
  queryRun: (of) => ({ path: `/runs/${of.run}/query/q`, body: {} }),
  beginRun: (of) => ({ path: `/runs/${of.asleep}/begin`, body: {} }),
  pauseRun: (of) => ({ path: `/runs/${of.run}/pause`, body: {} }),
  resumeRun: (of) => ({ path: `/runs/${of.run}/resume`, body: {} }),
  moveRun: (of) => ({ path: `/runs/${of.run}/move`, body: { to: "latest" } }),
  rerunRun: (of) => ({ path: `/runs/${of.run}/rerun`, body: {} }),
  repairRun: (of) => ({
    path: `/runs/${of.run}/repair`,
    body: { action: "wake", step: "nap", at: "2100-01-01T00:00:00.000Z" },
  }),
  listErrors: () => ({ path: "/errors" }),
  createBulk: () => ({ path: "/bulks", body: { action: "pause", filter: { status: "failed" } } }),
  listBulks: () => ({ path: "/bulks" }),
  getBulk: (of) => ({ path: `/bulks/${of.bulk}` }),
  steerBulk: (of) => ({ path: `/bulks/${of.bulk}/steer`, body: { act: "abort" } }),
  cancelRun: (of) => ({ path: `/runs/${of.run}/cancel`, body: {} }),
  sendCheckpoint: (of) => ({
    path: `/runs/${of.run}/checkpoint`,
    body: { run: of.run, fence: UUID, seq: 1, known: 0, ops: [] },
    isSigned: true,
  }),
  getMemoPage: (of) => ({
    path: `/runs/${of.run}/memo`,
    body: { run: of.run, fence: UUID, next: "0.0" },
    isSigned: true,
  }),
  getLargeValue: (of) => ({
    path: `/runs/${of.run}/blob`,
    body: { run: of.run, fence: UUID, ref: UUID },
    isSigned: true,
  }),
  sendHeartbeat: (of) => ({
    path: `/runs/${of.run}/heartbeat`,
    body: { run: of.run, fence: UUID, beats: [{ id: STEP, name: "n", data: null }] },
    isSigned: true,
  }),
  sendLate: (of) => ({
    path: `/runs/${of.run}/late`,
    body: { run: of.run, fence: UUID, id: STEP, name: "n", attempt: 1, st: "ok", v: 1 },
    isSigned: true,
  }),
  listInputs: () => ({ path: "/inputs" }),
  getInput: (of) => ({ path: `/inputs/${of.input}` }),
  answerInput: (of) => ({ path: `/inputs/${of.input}/answer`, body: { value: 1 } }),
  createKey: () => ({ path: "/keys", body: { scope: "read" } }),
  listKeys: () => ({ path: "/keys" }),
  revokeKey: (of) => ({ path: `/keys/${of.key}` }),
  createSigningSecret: () => ({ path: "/signing-secrets", body: {} }),
  listSigningSecrets: () => ({ path: "/signing-secrets" }),
  retireSigningSecret: (of) => ({ path: `/signing-secrets/${of.secret}/retire`, body: {} }),
};

/** Ids that nothing has. */
export const UNKNOWN: Things = {
  ...{
    run: UUID,
    asleep: UUID,
    event: UUID,
    input: UUID,
    skip: UUID,
    limit: UUID,
    pause: UUID,
    bulk: UUID,
    erasure: UUID,
    webhook: UUID,
    view: UUID,
  },
  ...{
    schedule: "nothing",
    caller: "nothing",
    deployment: "nothing",
    fn: "nothing",
    key: "999999",
    secret: "999999",
    sync: "999999",
  },
  error: "0".repeat(16),
};

type Engine = Awaited<ReturnType<typeof startEngine>>;

/** A workspace `{app}/dev` that has one of everything. */
export async function furnish(engine: Engine, app: string) {
  const functions = [
    createFunction({
      id: `nap-${app}`,
      trigger: { event: "nap" },
      concurrency: { limit: 5 },
      handler: ({ step }) => step.sleep("nap", "1h"),
    }),
    createFunction({ id: `quick-${app}`, triggers: [], handler: () => 1 }),
    createFunction({
      id: `ask-${app}`,
      trigger: { event: "ask" },
      handler: ({ step }) => step.waitForInput("ask", { timeout: "1h" }),
    }),
    createFunction({
      id: `picky-${app}`,
      trigger: { event: "pick", if: "event.data.n > 1" },
      handler: () => 1,
    }),
    createFunction({
      id: `fails-${app}`,
      trigger: { event: "fail" },
      retry: { max: 1 },
      handler: () => {
        throw Object.assign(new Error("it fails"), { name: `ErrorOf-${app}` });
      },
    }),
  ];
  const route = (deployment: string) => serve({ app, functions, deployment });
  const older = await startSdkApp(engine, app, functions, route(`older-${app}`));
  const served = await startSdkApp(engine, app, functions, route(`newest-${app}`));
  const at = `/v1/apps/${app}/dev`;
  const make = async (path: string, body: object) => {
    const answer = await engine.call("POST", at + path, body);
    expect(answer.status, `${path}: ${answer.text}`).toBeLessThan(300);
    return answer.json;
  };
  const sent = await engine.call("POST", `/v1/events?app=${app}`, [
    { name: "nap" },
    { name: "ask" },
    { name: "pick", data: { n: 1 } },
    { name: "nap", delay_ms: 3_600_000 },
    { name: "fail" },
  ]);
  const [nap, , asleep] = sent.json.runs;
  const listed = (path: string, member: string) =>
    waitFor(`${member} of ${app}`, async () => (await engine.call("GET", at + path)).json[member][0]);
  const input = await listed("/inputs", "inputs");
  const { fingerprint: error } = await listed("/errors", "errors");
  const { id: skip } = await listed("/skips", "skips");
  const { id: limit } = await listed("/limits", "limits");
  const { id: sync } = await listed("/syncs", "syncs");
  const { id: schedule } = await make("/schedules", {
    id: `daily-${app}`,
    function: `quick-${app}`,
    cron: "0 9 * * *",
  });
  const { id: pause } = await make("/pauses", { function: `ask-${app}` });
  // Nothing of it is paused, so nothing is done.
  const resumed = { action: "resume", filter: { function: `nap-${app}` }, canary: 1 };
  const { id: bulk } = await make("/bulks", resumed);
  const { id: webhook } = await make("/webhooks", WEBHOOK);
  const { id: view } = await make("/views", { screen: "runs", name: "mine", search: { status: "failed" } });
  const caller = `caller-of-${app}`;
  const allowed = await engine.call("PUT", `${at}/callers/${caller}`, {});
  expect(allowed.status, allowed.text).toBe(200);
  const { id: erasure } = await make("/erasures?preview=true", { path: "of.nobody", value: "nobody" });
  // It stays at its beginning, so that it can be called off.
  await engine.database
    .sql`update durable.erasures set status = 'runs', value = '"nobody"', ended_at = null, look_at = 'infinity' where id = ${erasure}`;
  const { id: key } = await make("/keys", { scope: "read" });
  await make("/signing-secrets", { secret: DEV_SECRET });
  const { id: secret } = await make("/signing-secrets", { secret: DEV_SECRET });
  const things: Things = {
    run: nap.run,
    asleep: asleep.run,
    event: sent.json.ids[0],
    input: input.id,
    ...{ skip, schedule, limit, pause, deployment: `older-${app}`, fn: `quick-${app}` },
    ...{ key: String(key), secret: String(secret), bulk, erasure, webhook, caller, view, sync, error },
  };
  return { at, things, url: served.url, stop: () => Promise.all([older.stop(), served.stop()]) };
}
