import { runBody, type StepBodyContext, type StepRunOptions } from "../execution/step-body.ts";
import type { Turn } from "../execution/turn.ts";
import type { Jsonify } from "../json.ts";
import { refuseNesting } from "./step.ts";

/**
 * `step.run(name, fn, options?)`: runs `fn` once and remembers its result. The result comes back as JSON, on the first
 * run as on every replay. A thrown error is retried by the policy; after the last attempt it is thrown here as a
 * `StepError` that user code may catch.
 */
export type RunStep = <Value>(
  name: string,
  fn: (context: StepBodyContext) => Promise<Value> | Value,
  options?: StepRunOptions,
) => Promise<Jsonify<Value>>;

export function makeRun(turn: Turn): RunStep {
  return (name, fn, options = {}) => {
    refuseNesting(name);
    return turn.ask({ op: "run", name }, (id, n) => {
      const attempt = turn.request.attempts[id] ?? 1;
      turn.start(() => runBody({ id, name, n, runId: turn.request.run.id, attempt, options }, fn));
    });
  };
}
