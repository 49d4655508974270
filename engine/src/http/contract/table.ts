// The route table: every operation of the API by its name. A new route is a new row here and a handler of the same
// name in http/routes; the compiler asks for it.
import type { z } from "@hono/zod-openapi";
import { listApps, listFunctions, syncApp } from "./apps.ts";
import { listDeployments, retireDeployment } from "./deployments.ts";
import { getLargeValue, getMemoPage, sendCheckpoint, sendHeartbeat, sendLate } from "./dispatches.ts";
import { getEvent } from "./event.ts";
import { sendEvents } from "./events.ts";
import { callFunction, triggerFunction } from "./functions.ts";
import { health, openApi, ready } from "./health.ts";
import { answerInput, getInput, listInputs } from "./inputs.ts";
import {
  createEventKey,
  createSigningSecret,
  listEventKeys,
  listSigningSecrets,
  retireSigningSecret,
  revokeEventKey,
} from "./keys.ts";
import { listLimits, setLimit } from "./limits.ts";
import { listRunLogs } from "./logs.ts";
import { listPauses, pauseTarget, resumePause } from "./pauses.ts";
import { queryRun } from "./queries.ts";
import type { Row } from "./row.ts";
import { beginRun, cancelRun, moveRun, pauseRun, resumeRun } from "./run-actions.ts";
import { getRun, getRunResult, getRunTree, listRuns } from "./runs.ts";
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
import { completeToken, sendSignal } from "./signals.ts";
import { listSkips, runSkip } from "./skips.ts";

export const TABLE = {
  sendEvents,
  getEvent,
  listSkips,
  runSkip,
  sendSignal,
  completeToken,
  syncApp,
  listApps,
  listDeployments,
  retireDeployment,
  listLimits,
  setLimit,
  listPauses,
  pauseTarget,
  resumePause,
  listFunctions,
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
  listRuns,
  getRun,
  getRunResult,
  getRunTree,
  listRunLogs,
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
  listInputs,
  getInput,
  answerInput,
  createEventKey,
  listEventKeys,
  revokeEventKey,
  createSigningSecret,
  listSigningSecrets,
  retireSigningSecret,
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
