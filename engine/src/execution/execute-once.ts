// A step that runs at most once: that its code is called is on disk before it is called, and what was called before is
// not called again.

import type { TaskOutcome } from "../domain/task-outcome.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { DispatchTimes } from "../store/dispatch-times.ts";
import { startOnce } from "../store/once-starts.ts";
import { atDeployment } from "./at-deployment.ts";
import { type CallParts, callApp } from "./call-app.ts";
import { decideOnceReply, interrupted, NOBODY_KNOWS } from "./decide-once.ts";
import type { HeldTask } from "./held-run.ts";
import { nextRequest } from "./next-request.ts";
import type { Situation } from "./situation.ts";

/** Null when the task is gone: its race was decided or its run has ended. */
export async function executeOnce(
  parts: CallParts,
  task: HeldTask,
  situation: Situation,
  workspace: WorkspaceEntry,
): Promise<{ readonly outcome: TaskOutcome; readonly times: DispatchTimes } | null> {
  const state = await startOnce(parts.database, task);
  if (state === "gone") return null;
  if (state === "interrupted") {
    return { outcome: interrupted(situation, task.step, NOBODY_KNOWS), times: timesOf(parts, task) };
  }
  const at = atDeployment(workspace, task);
  const reply = await callApp(parts, task, nextRequest(parts, task, task.fence, at));
  return { outcome: decideOnceReply(situation, task.step, reply), times: reply.times };
}

/** Nothing was sent. */
function timesOf({ clock }: CallParts, task: HeldTask): DispatchTimes {
  const seconds = (monotonicMs: number) => clock.epochOf(monotonicMs) / 1000;
  return {
    scheduled: seconds(task.scheduledAtMs),
    leased: seconds(task.leasedAtMs),
    sent: null,
    firstByte: null,
    received: null,
    appMs: null,
  };
}
