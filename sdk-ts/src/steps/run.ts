import type { RetryPolicy } from "@durable/protocol/wire";
import { durationMs } from "../duration.ts";
import { NonRetriableError } from "../errors.ts";
import { runOrJoin } from "../execution/in-flight.ts";
import { runBody, type StepBodyContext, type StepRunOptions } from "../execution/step-body.ts";
import type { Turn } from "../execution/turn.ts";
import type { Jsonify } from "../json.ts";
import { type RetryOptions, retryPolicy } from "../retry.ts";

/**
 * `step.run(name, fn, options?)`: runs `fn` once and remembers its result, which comes back as JSON, the first time
 * as on every replay. An error it throws is retried by the policy; after the last attempt it is thrown here as a
 * `StepError`, which user code may catch. Several steps started together, as in `Promise.all`, run in parallel.
 */
export type RunStep = <Value>(
  name: string,
  fn: (context: StepBodyContext) => Promise<Value> | Value,
  options?: StepRunOptions,
) => Promise<Jsonify<Value>>;

export function makeRun(turn: Turn, retryOfFunction: RetryOptions | undefined): RunStep {
  return (name, fn, options) =>
    turn.ask({ op: "run", name }, (id, n) => {
      if (typeof fn !== "function") {
        throw new NonRetriableError(`Step "${name}": the second argument of step.run must be a function.`);
      }
      const attempt = turn.attemptOf(id);
      const idempotencyKey = `${turn.runId}/${id}`;
      const settings = options === undefined ? NO_SETTINGS : readOptions(name, options, retryOfFunction);
      const call = { id, name, n, idempotencyKey, attempt, turn, ...settings };
      turn.start(() => runOrJoin(idempotencyKey, attempt, () => runBody(call, fn)));
    });
}

interface Settings {
  readonly policy: RetryPolicy | undefined;
  readonly timeoutMs: number | undefined;
}

const NO_SETTINGS: Settings = { policy: undefined, timeoutMs: undefined };

/** Read before the body runs: a mistake in them is no failure of the body, and another attempt would not mend it. */
function readOptions(
  name: string,
  { retry, timeout }: StepRunOptions,
  retryOfFunction: RetryOptions | undefined,
): Settings {
  try {
    return {
      policy: retry === undefined ? undefined : retryPolicy(retry, retryOfFunction),
      timeoutMs: timeout === undefined ? undefined : durationMs(timeout),
    };
  } catch (error) {
    throw new NonRetriableError(`Step "${name}": ${(error as Error).message}`);
  }
}
