// One task's lease: one step's dispatch and its commit, by a fence of its own. The run goes on beside it.

import { DEFAULT_RETRY } from "../domain/backoff.ts";
import type { TaskOutcome } from "../domain/task-outcome.ts";
import { newId } from "../ingest/event-row.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { DispatchTimes } from "../store/outcomes.ts";
import { atDeployment } from "./at-deployment.ts";
import { callApp } from "./call-app.ts";
import { decideTaskReply, paused } from "./decide-task.ts";
import { executeFetch } from "./execute-fetch.ts";
import type { ExecutionParts } from "./execute-run.ts";
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
    functions: workspace.functions,
    depth: task.head.depth,
  };
  const execute = task.step.op === "fetch" ? executeFetch : callOneStep;
  const end = await execute(parts, task, situation, workspace);
  if (end !== null) await commit(parts, task, end.outcome, end.times);
}

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
    const why = `paused: the outcome of step "${task.step.name}" cannot be stored (${end.detail}). Change what it returns, then resume.`;
    return commit(parts, task, paused(task.step, pause("UnstorableOutcome", why)), times);
  }
  if (end.state !== "lost") parts.taskCommitted(outcome);
}
