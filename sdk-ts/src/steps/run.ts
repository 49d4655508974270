import {
  type Failure,
  HEARTBEAT_TIMEOUT_MS_MAX,
  type Op,
  type RetryPolicy,
  type RunErrOp,
  type RunOkOp,
} from "@durable/protocol/wire";
import { attemptMs, type Duration, durationMs } from "../duration.ts";
import { HeartbeatTimeoutError, NonRetriableError, StepTimeoutError } from "../errors.ts";
import { askUser } from "../execution/ask-user.ts";
import { runOrJoin } from "../execution/in-flight.ts";
import { takeLeftOver } from "../execution/left-over.ts";
import { runBody, type StepBodyContext, type StepRunOptions } from "../execution/step-body.ts";
import { refusal } from "../execution/turn/quiet-promise.ts";
import type { StepWatch } from "../execution/turn/step-call.ts";
import type { Turn } from "../execution/turn.ts";
import { generatorProblem } from "../generator-problem.ts";
import type { Jsonify } from "../json.ts";
import { type PolicyOptions, type RetryOptions, retryPolicy, withOnExhausted } from "../retry.ts";
import { checkOptions } from "./checked-options.ts";
import { readCompensation, undoWith } from "./compensate.ts";

/**
 * `step.run(name, fn, options?)`: runs `fn` once and remembers its result, which comes back as JSON, the first time
 * as on every replay. An error it throws is retried by the policy; after the last attempt it is thrown here as a
 * `StepError`, which user code may catch. Several steps started together, as in `Promise.all`, run in parallel.
 */
export type RunStep = <Value>(
  name: string,
  fn: (context: StepBodyContext) => Promise<Value> | Value,
  options?: StepRunOptions<Value>,
) => Promise<Jsonify<Value>>;

export function makeRun(turn: Turn, ofFunction: PolicyOptions): RunStep {
  return (name, fn, options) => {
    const compensate = options?.compensate as StepRunOptions["compensate"];
    const undo = compensate === undefined ? undefined : undoWith(turn, name, compensate, ofFunction);
    const atMostOnce = options?.atMostOnce === true;
    let watch: StepWatch | undefined;
    if (atMostOnce || options?.heartbeatTimeout !== undefined) {
      try {
        watch = watchBy(readOptions(name, options as StepRunOptions, ofFunction));
      } catch (error) {
        // In the turn that plans it, and not in the one that runs it.
        return refusal(error);
      }
    }
    return turn.ask({ op: "run", name, undo, atMostOnce, watch }, (id, n) => {
      if (typeof fn !== "function") {
        throw new NonRetriableError(`Step "${name}": the second argument of step.run must be a function.`);
      }
      const problem = generatorProblem(fn);
      if (problem !== null) throw new NonRetriableError(`Step "${name}": its function ${problem}`);
      const attempt = turn.attemptOf(id);
      const idempotencyKey = `${turn.runId}/${id}`;
      const settings = readOptions(name, options as StepRunOptions, ofFunction);
      const { policy, decide, timeoutMs, heartbeatTimeoutMs } = settings;
      const call = { id, name, idempotencyKey, attempt, timeoutMs, heartbeatTimeoutMs, turn };
      turn.start(async (): Promise<Op | null> => {
        const leftOver = takeLeftOver(idempotencyKey, attempt);
        if (leftOver !== undefined) return leftOver;
        const end = await runOrJoin(idempotencyKey, attempt, () => runBody(call, fn), atMostOnce);
        const { ms, logs } = end;
        if (end.st === "ok") {
          const op: RunOkOp = { op: "run", id, name, n, st: "ok", ms };
          if (end.v !== undefined) op.v = end.v;
          if (compensate !== undefined) op.compensate = true;
          if (logs !== undefined) op.logs = logs;
          return op;
        }
        if (end.isHungUp && !atMostOnce) {
          turn.leave(id);
          return null;
        }
        const error = atMostOnce
          ? interruptedBy(name, end.thrown, end.error)
          : askUser(decide, attempt, end.thrown, end.error);
        const op: RunErrOp = { op: "run", id, name, n, st: "err", error, ms };
        if (policy !== undefined) op.retry_policy = policy;
        if (logs !== undefined) op.logs = logs;
        return op;
      });
    });
  };
}

interface Settings {
  readonly policy: RetryPolicy | undefined;
  readonly decide: RetryOptions["decide"];
  readonly timeoutMs: number | undefined;
  readonly heartbeatTimeoutMs: number | undefined;
}

/** What the engine has to know of a step to end it by its silence. What runs at most once has no policy. */
function watchBy({ heartbeatTimeoutMs, policy }: Settings): StepWatch | undefined {
  if (heartbeatTimeoutMs === undefined) return undefined;
  const watch: StepWatch = { heartbeat_timeout_ms: heartbeatTimeoutMs };
  if (policy !== undefined) watch.retry_policy = policy;
  return watch;
}

const OPTIONS = ["retry", "timeout", "heartbeatTimeout", "onExhausted", "atMostOnce", "compensate"];

/** Read before the body runs: a mistake in them is no failure of the body, and another attempt would not mend it. */
function readOptions(name: string, options: StepRunOptions = {}, ofFunction: PolicyOptions): Settings {
  checkOptions(`Step "${name}"`, "step.run", options, OPTIONS);
  const { atMostOnce, retry, timeout, heartbeatTimeout, onExhausted, compensate } = options;
  if (atMostOnce === true && (retry !== undefined || onExhausted !== undefined)) {
    throw new NonRetriableError(
      `Step "${name}": what runs at most once is not tried again. Leave out "retry" and "onExhausted", or "atMostOnce".`,
    );
  }
  if (compensate !== undefined) readCompensation(name, compensate, ofFunction);
  try {
    const isOwn = retry !== undefined || onExhausted !== undefined;
    return {
      policy: isOwn ? retryPolicy(withOnExhausted(retry, onExhausted), ofFunction) : undefined,
      decide: decideOf(retry, ofFunction),
      timeoutMs: timeout === undefined ? undefined : attemptMs(timeout),
      heartbeatTimeoutMs: heartbeatTimeout === undefined ? undefined : heartbeatMs(heartbeatTimeout),
    };
  } catch (error) {
    throw new NonRetriableError(`Step "${name}": ${(error as Error).message}`);
  }
}

function heartbeatMs(timeout: Duration): number {
  const ms = durationMs(timeout);
  if (ms >= 1 && ms <= HEARTBEAT_TIMEOUT_MS_MAX) return ms;
  throw new TypeError(`"heartbeatTimeout" is a time up to ${HEARTBEAT_TIMEOUT_MS_MAX / 3_600_000} h.`);
}

/** A step that names its own delays does not want those of the function's `decide`. */
function decideOf(retry: RetryOptions | undefined, ofFunction: PolicyOptions): RetryOptions["decide"] {
  return retry?.decide ?? (retry?.backoff === undefined ? ofFunction.decide : undefined);
}

/** After its time the body may still be at work: nobody knows how it went. What it threw itself is known. */
function interruptedBy(name: string, thrown: unknown, error: Failure): Failure {
  if (!(thrown instanceof StepTimeoutError || thrown instanceof HeartbeatTimeoutError)) return error;
  const message = `Step "${name}" may have run, and its result is not known. It runs at most once, so it is not tried again. ${error.message}`;
  return { name: "StepInterruptedError", message, code: "interrupted", retry: false };
}
