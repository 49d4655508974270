// One task's lease: one step's dispatch and its commit, by a fence of its own. The run goes on beside it.

import { DEFAULT_RETRY } from "../domain/backoff.ts";
import type { TaskOutcome } from "../domain/task-outcome.ts";
import { newId } from "../ingest/event-row.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { DispatchTimes } from "../store/dispatch-times.ts";
import type { TaskKind } from "../store/journals.ts";
import { atDeployment } from "./at-deployment.ts";
import { callApp } from "./call-app.ts";
import { interrupted, UNSTORABLE } from "./decide-once.ts";
import { decideTaskReply, paused } from "./decide-task.ts";
import { executeFetch } from "./execute-fetch.ts";
import { executeOnce } from "./execute-once.ts";
import type { ExecutionParts } from "./execution-parts.ts";
import type { HeldTask } from "./held-run.ts";
import { nextRequest } from "./next-request.ts";
import { pause } from "./outcome-draft.ts";
import type { Situation } from "./situation.ts";

/** Runs the task once. Never rejects for what an app or the database does. */
export async function executeTask(parts: ExecutionParts, task: HeldTask): Promise<void> {
  const engineId = parts.authority.engineId();
  if (!parts.authority.mayAct(engineId) && !(await parts.authority.untilMayAct(engineId))) return;
  if (task.isGone) return;
  const workspace = parts.registry.peek(task.workspaceId) ?? (await parts.registry.of(task.workspaceId));
  const situation: Situation = {
    memo: task.memo,
    state: task.head.state,
    retry: workspace.functions.get(task.head.functionId)?.retry ?? DEFAULT_RETRY,
    runAttempt: 0,
    transportAttempt: task.transportAttempt,
    random: () => parts.random.float(),
    newEventId: () => newId(parts),
    app: workspace.app,
    environment: workspace.environment,
    functions: workspace.functions,
    depth: task.head.depth,
  };
  const { taskKind } = task.step;
  // Its race was decided or its run has ended since it was claimed; what may run once must not be called for that.
  if (taskKind === null) return;
  const end = await EXECUTE[taskKind](parts, task, situation, workspace);
  if (end !== null) await commit(parts, task, situation, end.outcome, end.times);
}

const EXECUTE: Record<TaskKind, Execute> = { step: callOneStep, once: executeOnce, fetch: executeFetch };

type Execute = (
  parts: ExecutionParts,
  task: HeldTask,
  situation: Situation,
  workspace: WorkspaceEntry,
) => Promise<{ readonly outcome: TaskOutcome; readonly times: DispatchTimes } | null>;

/** Asks the app for one body. */
async function callOneStep(
  parts: ExecutionParts,
  task: HeldTask,
  situation: Situation,
  workspace: WorkspaceEntry,
): Promise<{ readonly outcome: TaskOutcome; readonly times: DispatchTimes }> {
  const at = atDeployment(workspace, task);
  const reply = await callApp(parts, task, nextRequest(parts, task, task.fence, at));
  return { outcome: decideTaskReply(situation, task.step, reply), times: reply.times };
}

async function commit(
  parts: ExecutionParts,
  task: HeldTask,
  situation: Situation,
  outcome: TaskOutcome,
  times: DispatchTimes,
): Promise<void> {
  const { workspaceId, head, stepId, fence } = task;
  const end = await parts.taskCommitter.commit({
    workspaceId,
    runId: head.runId,
    stepId,
    fence,
    outcome,
    times,
  });
  if (end.state === "poison") {
    return commit(parts, task, situation, unstorable(situation, task, end.detail), times);
  }
  if (end.state !== "lost") parts.taskCommitted(outcome);
}

/** A person resumes a step that may run again. */
function unstorable(situation: Situation, { step }: HeldTask, detail: string): TaskOutcome {
  if (step.taskKind === "once") return interrupted(situation, step, `${UNSTORABLE} (${detail}).`);
  const why = `paused: the outcome of step "${step.name}" cannot be stored (${detail}). Change what it returns, then resume.`;
  return paused(step, pause("UnstorableOutcome", why));
}
