// Who may go through which door. The matrix is written here by hand, route by route; the table of the engine is held to it.
import { describe, expect, test } from "vitest";
import { ruleOf } from "../../engine/src/auth/actions.ts";
import type { Actor } from "../../engine/src/auth/actor.ts";
import { judge } from "../../engine/src/auth/authorize.ts";
import { isAskedTwice } from "../../engine/src/auth/confirmation.ts";
import type { Row } from "../../engine/src/http/contract/row.ts";
import { TABLE } from "../../engine/src/http/contract/table.ts";

const own = { workspaceId: 1, workspace: { app: "shop", environment: "live" } };
const key = { kind: "api-key", keyId: 1, ...own } as const;
const ACTORS: Record<string, Actor> = {
  admin: { kind: "admin" },
  dev: { kind: "dev" },
  scraper: { kind: "scraper" },
  read: { ...key, scope: "read" },
  write: { ...key, scope: "write" },
  "admin-key": { ...key, scope: "admin" },
  "event-key": { kind: "event-key", keyId: 2, ...own },
  app: { kind: "app", ...own },
  "run-token": { kind: "run-token", runId: "r1", fields: ["status"], ...own },
};

/** A new route has its line here: who may? `anybody` stands for a request without a credential too. */
const MATRIX: Record<string, readonly string[]> = {
  health: ["anybody"],
  ready: ["anybody"],
  scrapeMetrics: ["admin", "dev", "scraper", "read", "write", "admin-key"],
  getFleet: ["admin", "dev"],
  openApi: ["anybody"],
  completeToken: ["anybody"],

  listApps: ["admin", "dev", "read", "write", "admin-key"],
  syncApp: ["admin", "dev", "write", "admin-key", "app"],
  listSyncs: ["admin", "dev", "read", "write", "admin-key"],
  getSync: ["admin", "dev", "read", "write", "admin-key"],
  markWorkspace: ["admin", "dev", "admin-key"],
  getRetention: ["admin", "dev", "read", "write", "admin-key"],
  listViews: ["admin", "dev", "read", "write", "admin-key"],
  saveView: ["admin", "dev", "write", "admin-key"],
  deleteView: ["admin", "dev", "write", "admin-key"],
  listAlerts: ["admin", "dev", "read", "write", "admin-key"],
  listAlertRules: ["admin", "dev", "read", "write", "admin-key"],
  setAlertRule: ["admin", "dev", "write", "admin-key"],
  createWebhook: ["admin", "dev", "admin-key"],
  listWebhooks: ["admin", "dev", "admin-key"],
  getWebhook: ["admin", "dev", "admin-key"],
  changeWebhook: ["admin", "dev", "admin-key"],
  deleteWebhook: ["admin", "dev", "admin-key"],
  testWebhook: ["admin", "dev", "admin-key"],
  rotateWebhookSecret: ["admin", "dev", "admin-key"],
  abortErasure: ["admin", "dev", "admin-key"],
  listCallers: ["admin", "dev", "read", "write", "admin-key"],
  allowCaller: ["admin", "dev", "admin-key"],
  removeCaller: ["admin", "dev", "admin-key"],
  eraseOwner: ["admin", "dev", "admin-key"],
  listErasures: ["admin", "dev", "read", "write", "admin-key"],
  getErasure: ["admin", "dev", "read", "write", "admin-key"],
  exportRuns: ["admin", "dev", "read", "write", "admin-key"],
  setRetention: ["admin", "dev", "admin-key"],
  listAudit: ["admin", "dev", "read", "write", "admin-key"],
  getFunction: ["admin", "dev", "read", "write", "admin-key"],
  listFunctions: ["admin", "dev", "read", "write", "admin-key"],
  listDeployments: ["admin", "dev", "read", "write", "admin-key"],
  retireDeployment: ["admin", "dev", "write", "admin-key"],
  listLimits: ["admin", "dev", "read", "write", "admin-key"],
  setLimit: ["admin", "dev", "write", "admin-key"],
  listShapes: ["admin", "dev", "read", "write", "admin-key"],
  listPauses: ["admin", "dev", "read", "write", "admin-key"],
  pauseTarget: ["admin", "dev", "write", "admin-key"],
  resumePause: ["admin", "dev", "write", "admin-key"],

  getMe: ["admin", "dev", "read", "write", "admin-key", "event-key"],
  createKey: ["admin", "dev", "admin-key"],
  listKeys: ["admin", "dev", "admin-key"],
  revokeKey: ["admin", "dev", "admin-key"],
  createSigningSecret: ["admin", "dev", "admin-key"],
  listSigningSecrets: ["admin", "dev", "admin-key"],
  retireSigningSecret: ["admin", "dev", "admin-key"],

  sendEvents: ["admin", "dev", "write", "admin-key", "event-key", "app"],
  listEvents: ["admin", "dev", "read", "write", "admin-key"],
  getEvent: ["admin", "dev", "read", "write", "admin-key"],
  sendSignal: ["admin", "dev", "write", "admin-key", "event-key", "app"],
  listSkips: ["admin", "dev", "read", "write", "admin-key"],
  runSkip: ["admin", "dev", "write", "admin-key"],

  triggerFunction: ["admin", "dev", "write", "admin-key", "app"],
  callFunction: ["admin", "dev", "write", "admin-key", "app"],
  listSchedules: ["admin", "dev", "read", "write", "admin-key"],
  createSchedule: ["admin", "dev", "write", "admin-key"],
  getSchedule: ["admin", "dev", "read", "write", "admin-key"],
  changeSchedule: ["admin", "dev", "write", "admin-key"],
  deleteSchedule: ["admin", "dev", "write", "admin-key"],
  pauseSchedule: ["admin", "dev", "write", "admin-key"],
  resumeSchedule: ["admin", "dev", "write", "admin-key"],
  runSchedule: ["admin", "dev", "write", "admin-key"],
  backfillSchedule: ["admin", "dev", "write", "admin-key"],

  find: ["admin", "dev", "read", "write", "admin-key"],
  stream: ["admin", "dev", "read", "write", "admin-key"],
  changeTopics: ["admin", "dev", "read", "write", "admin-key"],
  getError: ["admin", "dev", "read", "write", "admin-key"],
  resolveError: ["admin", "dev", "write", "admin-key"],
  muteError: ["admin", "dev", "write", "admin-key"],
  reopenError: ["admin", "dev", "write", "admin-key"],
  getMetrics: ["admin", "dev", "read", "write", "admin-key"],
  countRuns: ["admin", "dev", "read", "write", "admin-key"],
  listRuns: ["admin", "dev", "read", "write", "admin-key"],
  getRun: ["admin", "dev", "read", "write", "admin-key"],
  getRunResult: ["admin", "dev", "read", "write", "admin-key"],
  getRunTree: ["admin", "dev", "read", "write", "admin-key"],
  getRunTrace: ["admin", "dev", "read", "write", "admin-key"],
  getRunHistory: ["admin", "dev", "read", "write", "admin-key"],
  listLogs: ["admin", "dev", "read", "write", "admin-key"],
  listRunLogs: ["admin", "dev", "read", "write", "admin-key"],
  queryRun: ["admin", "dev", "read", "write", "admin-key", "app"],
  createRunToken: ["admin", "dev", "write", "admin-key"],
  watchRun: ["admin", "dev", "read", "write", "admin-key", "run-token"],
  followRun: ["admin", "dev", "read", "write", "admin-key", "run-token"],
  cancelRun: ["admin", "dev", "write", "admin-key"],
  beginRun: ["admin", "dev", "write", "admin-key"],
  pauseRun: ["admin", "dev", "write", "admin-key"],
  resumeRun: ["admin", "dev", "write", "admin-key"],
  moveRun: ["admin", "dev", "write", "admin-key"],
  rerunRun: ["admin", "dev", "write", "admin-key"],
  repairRun: ["admin", "dev", "write", "admin-key"],
  listErrors: ["admin", "dev", "read", "write", "admin-key"],
  createBulk: ["admin", "dev", "write", "admin-key"],
  listBulks: ["admin", "dev", "read", "write", "admin-key"],
  getBulk: ["admin", "dev", "read", "write", "admin-key"],
  steerBulk: ["admin", "dev", "write", "admin-key"],
  listInputs: ["admin", "dev", "read", "write", "admin-key"],
  getInput: ["admin", "dev", "read", "write", "admin-key"],
  answerInput: ["admin", "dev", "write", "admin-key", "app"],

  sendCheckpoint: ["app"],
  getMemoPage: ["app"],
  getLargeValue: ["app"],
  sendHeartbeat: ["app"],
  sendLate: ["app"],
};

/** They change something, and nobody is asked a second time, in production neither. */
const UNASKED = [
  "completeToken",
  "deleteView",
  "getLargeValue",
  "getMemoPage",
  "saveView",
  "sendCheckpoint",
  "sendHeartbeat",
  "sendLate",
  "syncApp",
];

const rows = Object.entries<Row>(TABLE);

test("every route has its line in the matrix, and every line its route", () => {
  expect(Object.keys(MATRIX).sort(), "MATRIX of test/contract/doors.test.ts").toEqual(
    rows.map(([name]) => name).sort(),
  );
});

describe.each(rows)("%s", (name, { action }) => {
  const allowed = MATRIX[name] ?? [];

  test.each(Object.entries(ACTORS))("%s", (who, actor) => {
    const may = (app: string, runId: string) =>
      judge(actor, action, { workspace: { app, environment: "live" }, runId }) === "allowed";
    const isOpen = allowed.includes("anybody");
    expect(may("shop", "r1")).toBe(isOpen || allowed.includes(who));
    // The wall: but for whoever holds the engine itself, nobody reaches into another workspace.
    const isOperator = who === "admin" || who === "dev" || who === "scraper";
    expect(may("other", "r1")).toBe(isOpen || (isOperator && allowed.includes(who)));
    if (who === "run-token") expect(may("shop", "r2")).toBe(isOpen);
  });
});

test("what is read with GET changes nothing, and the rest does, but for what only asks", () => {
  const odd = rows.filter(
    ([, { method, action }]) => (method === "get") !== (ruleOf(action).effect === "reads"),
  );
  expect(odd.map(([name]) => name)).toEqual(["changeTopics", "queryRun"]);
});

test("every change by a person is asked about twice in production, but for those that are listed", () => {
  const changing = rows.filter(([, { action }]) => ruleOf(action).effect === "changes");
  const unasked = changing.filter(([, { action }]) => !isAskedTwice(ACTORS["admin"]!, action));
  expect(unasked.map(([name]) => name).sort()).toEqual(UNASKED);
  for (const [, { action }] of changing) {
    expect(isAskedTwice(ACTORS["admin-key"]!, action)).toBe(isAskedTwice(ACTORS["admin"]!, action));
    for (const who of ["event-key", "app", "run-token"])
      expect(isAskedTwice(ACTORS[who]!, action)).toBe(false);
  }
});
