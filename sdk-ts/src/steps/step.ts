import type { Scope } from "../execution/scope.ts";
import type { Turn } from "../execution/turn.ts";
import type { PolicyOptions } from "../retry.ts";
import { type Branch, makeBranch } from "./branch.ts";
import { type CreateToken, makeCreateToken } from "./create-token.ts";
import { type FetchStep, makeFetch } from "./fetch.ts";
import { type ForEach, makeForEach } from "./for-each.ts";
import { type Heartbeat, heartbeat } from "./heartbeat.ts";
import { type Invoke, makeInvoke } from "./invoke.ts";
import { type Log, log } from "./log.ts";
import { makeOnQuery, type OnQuery } from "./on-query.ts";
import { makeParallel, type Parallel } from "./parallel.ts";
import { makeRace, type Race } from "./race.ts";
import { makeRun, type RunStep } from "./run.ts";
import { makeSendEvent, type SendEvent } from "./send-event.ts";
import { makeSetState, type SetState } from "./set-state.ts";
import { makeSleep, type Sleep } from "./sleep.ts";
import { makeSleepUntil, type SleepUntil } from "./sleep-until.ts";
import { makeSpawn, type Spawn } from "./spawn.ts";
import { makeWaitForAll, type WaitForAll } from "./wait-for-all.ts";
import { makeWaitForAny, type WaitForAny } from "./wait-for-any.ts";
import { makeWaitForApproval, type WaitForApproval } from "./wait-for-approval.ts";
import { makeWaitForEvent, type WaitForEvent } from "./wait-for-event.ts";
import { makeWaitForInput, type WaitForInput } from "./wait-for-input.ts";
import { makeWaitForSignal, type WaitForSignal } from "./wait-for-signal.ts";

/**
 * What a handler does durably. A step's name, together with how often it came before in the run, is its identity:
 * 1 to 200 bytes, and kept when code changes while runs are under way.
 */
export interface Step {
  readonly run: RunStep;
  readonly sleep: Sleep;
  readonly sleepUntil: SleepUntil;
  readonly waitForEvent: WaitForEvent;
  readonly waitForAny: WaitForAny;
  readonly waitForAll: WaitForAll;
  readonly waitForSignal: WaitForSignal;
  readonly waitForApproval: WaitForApproval;
  readonly waitForInput: WaitForInput;
  readonly createToken: CreateToken;
  readonly sendEvent: SendEvent;
  readonly invoke: Invoke;
  readonly spawn: Spawn;
  readonly branch: Branch;
  readonly setState: SetState;
  readonly onQuery: OnQuery;
  readonly fetch: FetchStep;
  readonly parallel: Parallel;
  readonly race: Race;
  readonly forEach: ForEach;
  readonly log: Log;
  readonly heartbeat: Heartbeat;
}

export function makeStep(turn: Turn, ofFunction: PolicyOptions): Step {
  const step: Step = {
    run: makeRun(turn, ofFunction),
    sleep: makeSleep(turn),
    sleepUntil: makeSleepUntil(turn),
    waitForEvent: makeWaitForEvent(turn),
    waitForAny: makeWaitForAny(turn),
    waitForAll: makeWaitForAll(turn),
    waitForSignal: makeWaitForSignal(turn),
    waitForApproval: makeWaitForApproval(turn),
    waitForInput: makeWaitForInput(turn),
    createToken: makeCreateToken(turn.tokenMaker),
    sendEvent: makeSendEvent(turn),
    invoke: makeInvoke(turn),
    spawn: makeSpawn(turn),
    branch: makeBranch(turn),
    setState: makeSetState(turn),
    onQuery: makeOnQuery(turn),
    fetch: makeFetch(turn, ofFunction),
    parallel: makeParallel(turn, (scope) => inScope(turn, step, scope)),
    race: makeRace(turn, (scope) => inScope(turn, step, scope)),
    forEach: makeForEach(turn, (scope) => inScope(turn, step, scope)),
    log,
    heartbeat,
  };
  return step;
}

/** The same steps, standing in a branch. A kind of step must ask the turn before its first `await`, or it asks too late. */
function inScope(turn: Turn, step: Step, scope: Scope): Step {
  const scoped = Object.entries(step).map(([kind, call]) => [
    kind,
    (...args: unknown[]) => turn.within(scope, () => (call as (...args: unknown[]) => unknown)(...args)),
  ]);
  // It asks the turn for nothing, and has members of its own.
  return { ...Object.fromEntries(scoped), log } as Step;
}
