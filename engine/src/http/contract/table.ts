// The route table: every operation of the API by its name. A new route is a new row here and a handler of the same
// name in http/routes; the compiler asks for it.
import type { z } from "@hono/zod-openapi";
import { listAlertRules, listAlerts, setAlertRule } from "./alerts.ts";
import { getFunction, listApps, listFunctions, markWorkspace, syncApp } from "./apps.ts";
import { listAudit } from "./audit.ts";
import { createBulk, getBulk, listBulks, steerBulk } from "./bulks.ts";
import { allowCaller, listCallers, removeCaller } from "./callers.ts";
import { listDeployments, retireDeployment } from "./deployments.ts";
import { getLargeValue, getMemoPage, sendCheckpoint, sendHeartbeat, sendLate } from "./dispatches.ts";
import { abortErasure, eraseOwner, getErasure, listErasures } from "./erasures.ts";
import { getError, listErrors, muteError, reopenError, resolveError } from "./errors.ts";
import { getEvent } from "./event.ts";
import { listEvents } from "./event-list.ts";
import { sendEvents } from "./events.ts";
import { exportRuns } from "./export.ts";
import { find } from "./find.ts";
import { getFleet } from "./fleet.ts";
import { callFunction, triggerFunction } from "./functions.ts";
import { health, openApi, ready } from "./health.ts";
import { getRunHistory } from "./history.ts";
import { answerInput, getInput, listInputs } from "./inputs.ts";
import { createKey, listKeys, revokeKey } from "./keys.ts";
import { listShapes } from "./limit-shapes.ts";
import { listLimits, setLimit } from "./limits.ts";
import { listLogs, listRunLogs } from "./logs.ts";
import { getMe } from "./me.ts";
import { getMetrics } from "./metrics.ts";
import { listPauses, pauseTarget, resumePause } from "./pauses.ts";
import { queryRun } from "./queries.ts";
import { repairRun } from "./repairs.ts";
import { rerunRun } from "./reruns.ts";
import { getRetention, setRetention } from "./retention.ts";
import type { Row } from "./row.ts";
import { beginRun, cancelRun, moveRun, pauseRun, resumeRun } from "./run-actions.ts";
import { createRunToken, followRun, watchRun } from "./run-tokens.ts";
import { countRuns, getRun, getRunResult, getRunTree, listRuns } from "./runs.ts";
import { deleteView, listViews, saveView } from "./saved-views.ts";
import {
  backfillSchedule,
  changeSchedule,
  createSchedule,
  deleteSchedule,
  getSchedule,
  listSchedules,
  pauseSchedule,
  resumeSchedule,
  runSchedule,
} from "./schedules.ts";
import { scrapeMetrics } from "./scrape.ts";
import { createSigningSecret, listSigningSecrets, retireSigningSecret } from "./secrets.ts";
import { completeToken, sendSignal } from "./signals.ts";
import { listSkips, runSkip } from "./skips.ts";
import { changeTopics, stream } from "./streams.ts";
import { getSync, listSyncs } from "./syncs.ts";
import { getRunTrace } from "./trace.ts";
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhooks,
  rotateWebhookSecret,
  testWebhook,
} from "./webhooks.ts";

export const TABLE = {
  sendEvents,
  listEvents,
  getEvent,
  listSkips,
  runSkip,
  sendSignal,
  completeToken,
  syncApp,
  listSyncs,
  getSync,
  listApps,
  markWorkspace,
  getRetention,
  setRetention,
  exportRuns,
  eraseOwner,
  abortErasure,
  listErasures,
  getErasure,
  listAudit,
  listViews,
  saveView,
  deleteView,
  listAlerts,
  listAlertRules,
  setAlertRule,
  createWebhook,
  listWebhooks,
  getWebhook,
  changeWebhook,
  deleteWebhook,
  testWebhook,
  rotateWebhookSecret,
  listCallers,
  allowCaller,
  removeCaller,
  listDeployments,
  retireDeployment,
  listLimits,
  setLimit,
  listShapes,
  listPauses,
  pauseTarget,
  resumePause,
  listFunctions,
  getFunction,
  triggerFunction,
  callFunction,
  listSchedules,
  createSchedule,
  getSchedule,
  changeSchedule,
  deleteSchedule,
  pauseSchedule,
  resumeSchedule,
  runSchedule,
  backfillSchedule,
  find,
  listRuns,
  countRuns,
  getRun,
  getRunResult,
  getRunTree,
  getRunTrace,
  getRunHistory,
  createRunToken,
  watchRun,
  followRun,
  listRunLogs,
  listLogs,
  getMetrics,
  listErrors,
  getError,
  resolveError,
  muteError,
  reopenError,
  stream,
  changeTopics,
  cancelRun,
  beginRun,
  sendCheckpoint,
  getMemoPage,
  getLargeValue,
  sendHeartbeat,
  sendLate,
  queryRun,
  pauseRun,
  resumeRun,
  moveRun,
  rerunRun,
  repairRun,
  createBulk,
  listBulks,
  getBulk,
  steerBulk,
  listInputs,
  getInput,
  answerInput,
  getMe,
  createKey,
  listKeys,
  revokeKey,
  createSigningSecret,
  listSigningSecrets,
  retireSigningSecret,
  getFleet,
  scrapeMetrics,
  health,
  ready,
  openApi,
} satisfies Record<string, Row>;

export type Table = typeof TABLE;
export type Operation = keyof Table;

export type ParamsOf<Name extends Operation> = z.output<Table[Name]["params"]>;
export type QueryOf<Name extends Operation> = z.output<Table[Name]["query"]>;
export type AnswerOf<Name extends Operation> = z.output<Table[Name]["answer"]>;
/** What the handler gets: the checked body, or the bytes where it reads them itself. */
export type BodyOf<Name extends Operation> = Table[Name]["body"] extends { read: "bytes" }
  ? Uint8Array
  : Table[Name]["body"] extends { schema: infer Schema extends z.ZodType }
    ? z.output<Schema>
    : null;
