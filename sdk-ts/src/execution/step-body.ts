import type { Op, RetryPolicy, RunErrOp } from "@durable/protocol/wire";
import type { Duration } from "../duration.ts";
import { StepTimeoutError } from "../errors.ts";
import type { RetryOptions } from "../retry.ts";
import { elapsedMs, monotonicMs } from "../runtime/clock.ts";
import { callBody } from "./enclosing-step.ts";
import { toFailure } from "./failure.ts";
import { toJson } from "./value.ts";

/** What the code of a step gets. */
export interface StepBodyContext {
  /** The same at every attempt of this step: hand it to whatever must not happen twice. */
  readonly idempotencyKey: string;
  /** From 1; 2 is the first retry. */
  readonly attempt: number;
  /** Aborted when the step's `timeout` is over. */
  readonly signal: AbortSignal;
}

export interface StepRunOptions {
  /** This step's own policy; what it does not say is the function's. */
  readonly retry?: RetryOptions | undefined;
  /** One attempt may take so long; then `signal` fires and the attempt has failed. */
  readonly timeout?: Duration | undefined;
}

export interface BodyCall {
  readonly id: string;
  readonly name: string;
  readonly n: number;
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly policy: RetryPolicy | undefined;
  readonly timeoutMs: number | undefined;
  readonly turn: object;
}

/** Runs one attempt and says how it went. Never rejects. */
export async function runBody(call: BodyCall, fn: (context: StepBodyContext) => unknown): Promise<Op> {
  const { id, name, n, policy, timeoutMs } = call;
  const startedAtMs = monotonicMs();
  try {
    const context = new Context(call);
    const result = callBody(call, async () => fn(context));
    const value = await (timeoutMs === undefined ? result : withTimeout(result, timeoutMs, context));
    const v = toJson(`Step "${name}" returned`, value);
    const ms = elapsedMs(startedAtMs);
    return v === undefined
      ? { op: "run", id, name, n, st: "ok", ms }
      : { op: "run", id, name, n, st: "ok", v, ms };
  } catch (thrown) {
    const op: RunErrOp = {
      op: "run",
      id,
      name,
      n,
      st: "err",
      error: toFailure(thrown),
      ms: elapsedMs(startedAtMs),
    };
    if (policy !== undefined) op.retry_policy = policy;
    return op;
  }
}

class Context implements StepBodyContext {
  readonly name: string;
  readonly idempotencyKey: string;
  readonly attempt: number;
  #abort: AbortController | undefined;

  constructor({ name, idempotencyKey, attempt }: BodyCall) {
    this.name = name;
    this.idempotencyKey = idempotencyKey;
    this.attempt = attempt;
  }

  /** Made when it is asked for: most bodies never look at it, and making one costs more than the rest of a step. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }

  abort(reason: Error): void {
    this.#abort ??= new AbortController();
    this.#abort.abort(reason);
  }
}

async function withTimeout<Value>(result: Promise<Value>, ms: number, context: Context): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new StepTimeoutError(`Step "${context.name}" took longer than its timeout of ${ms} ms.`);
      context.abort(error);
      reject(error);
    }, ms);
  });
  // After the timeout nobody listens to the body any more; what it throws then is no unhandled rejection.
  result.catch(() => {});
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
