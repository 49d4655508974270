import type { Op, RetryPolicy } from "@durable/protocol/wire";
import { attemptMs } from "../duration.ts";
import { NonRetriableError } from "../errors.ts";
import { askUser } from "../execution/ask-user.ts";
import { toFailure } from "../execution/failure.ts";
import { runOrJoin } from "../execution/in-flight.ts";
import { type Compensate, type CompensateBody, runBody } from "../execution/step-body.ts";
import { idOf } from "../execution/step-ids.ts";
import type { Turn } from "../execution/turn.ts";
import { generatorProblem } from "../generator-problem.ts";
import { type PolicyOptions, type RetryOptions, retryPolicy } from "../retry.ts";
import { checkOptions } from "./checked-options.ts";

interface Compensation {
  readonly run: CompensateBody<unknown>;
  readonly policy: RetryPolicy | undefined;
  readonly decide: RetryOptions["decide"];
  readonly timeoutMs: number | undefined;
}

/** @throws NonRetriableError when it is none: found when the step runs, not when it must be undone. */
export function readCompensation(
  name: string,
  declared: Compensate<unknown>,
  ofFunction: PolicyOptions,
): Compensation {
  const { run, retry, timeout } = typeof declared === "function" ? { run: declared } : Object(declared);
  if (typeof run === "function" && typeof declared !== "function") {
    checkOptions(`Step "${name}"`, "compensate", declared, ["run", "retry", "timeout"]);
  }
  if (typeof run !== "function") {
    throw new NonRetriableError(
      `Step "${name}": "compensate" must be a function (result, context), or { run, retry, timeout } with one.`,
    );
  }
  const problem = generatorProblem(run);
  if (problem !== null) throw new NonRetriableError(`Step "${name}": "compensate" ${problem}`);
  try {
    return {
      run,
      policy: retry === undefined ? undefined : retryPolicy(retry, ofFunction),
      decide: retry?.decide ?? (retry?.backoff === undefined ? ofFunction.decide : undefined),
      timeoutMs: timeout === undefined ? undefined : attemptMs(timeout),
    };
  } catch (error) {
    throw new NonRetriableError(`Step "${name}", compensate: ${(error as Error).message}`);
  }
}

/** What undoes a step: one attempt, with a key for idempotent calls of its own. Never rejects. */
export function undoWith(
  turn: Turn,
  name: string,
  declared: Compensate<unknown>,
  ofFunction: PolicyOptions,
): (stepId: string, result: unknown) => Promise<Op> {
  return async (stepId, result) => {
    const id = idOf(stepId, name, 0);
    const identity = { op: "compensate", id, scope: stepId, name, n: 0 } as const;
    const attempt = turn.attemptOf(id);
    const idempotencyKey = `${turn.runId}/${id}`;
    try {
      const { run, policy, decide, timeoutMs } = readCompensation(name, declared, ofFunction);
      const call = { id, name, idempotencyKey, attempt, timeoutMs, heartbeatTimeoutMs: undefined, turn };
      const end = await runOrJoin(idempotencyKey, attempt, () =>
        // What it returns is of no use to anybody, and must not be a reason to fail.
        runBody(call, async (context) => void (await run(result, context))),
      );
      const { ms, logs } = end;
      const said = logs && { logs };
      if (end.st === "ok") return { ...identity, st: "ok", ms, ...said };
      const error = askUser(decide, attempt, end.thrown, end.error);
      return { ...identity, st: "err", error, ms, ...said, ...(policy && { retry_policy: policy }) };
    } catch (refused) {
      return { ...identity, st: "err", error: toFailure(refused) };
    }
  };
}
