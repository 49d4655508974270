import type { Outcome } from "../domain/outcome.ts";
import type { TaskOutcome } from "../domain/task-outcome.ts";
import type { CommittedRun } from "../execution/held-run.ts";
import type { EngineEvents } from "../observability/engine-events.ts";
import type { EndTeller } from "./end-teller.ts";
import type { TimerLoop } from "./timer-loop.ts";
import type { WaitMatcher } from "./wait-matcher.ts";

export interface Listeners {
  readonly events: EngineEvents;
  readonly timerLoop: Pick<TimerLoop, "dueIn">;
  readonly waitMatcher: Pick<WaitMatcher, "lookBackFor" | "sweepSoon">;
  readonly endTeller: Pick<EndTeller, "soon">;
  /** People are asked something, and may have to be told. */
  readonly asked: () => void;
  readonly kick: () => void;
}

/** Hints to the loops of this process about what a commit has left for them. Losing one costs a poll interval. */
export function announceCommitted({ events, timerLoop, waitMatcher, endTeller, asked, kick }: Listeners) {
  return {
    committed(run: CommittedRun, outcome: Outcome): void {
      const { workspaceId, head } = run;
      if (outcome.kind === "completed" || outcome.kind === "failed" || outcome.kind === "cancelled") {
        const { kind: status, result } = outcome;
        const [output, failure] = status === "completed" ? [result, null] : [null, result];
        events.emit("run.ended", {
          workspaceId,
          runId: head.runId,
          end: { status, output, failure, state: run.state },
        });
        const isFailed = status === "failed";
        if (isFailed || head.depth > 0 || run.memo.isPending("invoke")) endTeller.soon();
        // The handler of its failure was started with it.
        if (isFailed) kick();
        return;
      }
      if (outcome.retryMs !== null) timerLoop.dueIn(outcome.retryMs);
      for (const step of outcome.steps) if (step.dueMs !== null) timerLoop.dueIn(step.dueMs);
      if (outcome.effects.some(({ kind }) => kind === "wait"))
        waitMatcher.lookBackFor({ workspaceId, runId: head.runId });
      if (outcome.effects.some(({ kind }) => kind === "input")) asked();
      for (const { begin } of outcome.sends) if (begin?.inMs !== undefined) timerLoop.dueIn(begin.inMs);
      if (outcome.sends.some(({ target }) => target === undefined)) waitMatcher.sweepSoon();
      if (outcome.effects.some(({ kind }) => kind === "cancel" || kind === "failing")) endTeller.soon();
      // Sent events may have started runs, tasks are ready; a job that went back to ready is for whoever has a slot.
      const makesReady = outcome.sends.length > 0 || makesTasks(outcome) || outcome.kind === "requeue";
      if (makesReady) kick();
    },

    /** The run of a settled task may have become ready. */
    taskCommitted({ retryMs }: TaskOutcome): void {
      if (retryMs === null) kick();
      else timerLoop.dueIn(retryMs);
    },
  };
}

function makesTasks({ effects }: Outcome): boolean {
  return effects.some(({ kind }) => kind === "task");
}
