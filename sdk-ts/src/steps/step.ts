import type { Turn } from "../execution/turn.ts";
import type { PolicyOptions } from "../retry.ts";
import { type Branch, makeBranch } from "./branch.ts";
import { makeOnQuery, type OnQuery } from "./on-query.ts";
import { makeRun, type RunStep } from "./run.ts";
import { makeSendEvent, type SendEvent } from "./send-event.ts";
import { makeSetState, type SetState } from "./set-state.ts";
import { makeSleep, type Sleep } from "./sleep.ts";
import { makeSleepUntil, type SleepUntil } from "./sleep-until.ts";
import { makeWaitForEvent, type WaitForEvent } from "./wait-for-event.ts";

/**
 * What a handler does durably. A step's name, together with how often it came before in the run, is its identity:
 * 1 to 200 bytes, and kept when code changes while runs are under way.
 */
export interface Step {
  readonly run: RunStep;
  readonly sleep: Sleep;
  readonly sleepUntil: SleepUntil;
  readonly waitForEvent: WaitForEvent;
  readonly sendEvent: SendEvent;
  readonly branch: Branch;
  readonly setState: SetState;
  readonly onQuery: OnQuery;
}

export function makeStep(turn: Turn, ofFunction: PolicyOptions): Step {
  return {
    run: makeRun(turn, ofFunction),
    sleep: makeSleep(turn),
    sleepUntil: makeSleepUntil(turn),
    waitForEvent: makeWaitForEvent(turn),
    sendEvent: makeSendEvent(turn),
    branch: makeBranch(turn),
    setState: makeSetState(turn),
    onQuery: makeOnQuery(turn),
  };
}
