import { NonRetriableError } from "../errors.ts";
import { enclosingStep } from "../execution/step-body.ts";
import type { Turn } from "../execution/turn.ts";
import { makeRun, type RunStep } from "./run.ts";
import { makeSendEvent, type SendEvent } from "./send-event.ts";
import { makeSleep, makeSleepUntil, type Sleep, type SleepUntil } from "./sleep.ts";
import { makeWaitForEvent, type WaitForEvent } from "./wait-for-event.ts";

/** What a handler does durably. Each kind is explained in its own file. */
export interface Step {
  readonly run: RunStep;
  readonly sleep: Sleep;
  readonly sleepUntil: SleepUntil;
  readonly waitForEvent: WaitForEvent;
  readonly sendEvent: SendEvent;
}

export function makeStep(turn: Turn): Step {
  return {
    run: makeRun(turn),
    sleep: makeSleep(turn),
    sleepUntil: makeSleepUntil(turn),
    waitForEvent: makeWaitForEvent(turn),
    sendEvent: makeSendEvent(turn),
  };
}

/** A step in a step's body could never be replayed: the outer one answers from the memo and skips it. */
export function refuseNesting(name: string): void {
  const outer = enclosingStep();
  if (outer !== null) {
    throw new NonRetriableError(
      `step "${name}" is called inside step "${outer}"; call it beside, with what "${outer}" returned.`,
    );
  }
}
