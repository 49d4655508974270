import { type Op, RawJson, VALUE_BYTES_MAX } from "@durable/protocol/wire";
import { type Duration, durationMs } from "../duration.ts";
import { NonRetriableError, StepTimeoutError } from "../errors.ts";
import type { RetryOptions } from "../function.ts";
import { retryPolicy } from "../retry.ts";
import { monotonicMs, nodeModule } from "../runtime.ts";
import { toFailure } from "./failure.ts";

export interface StepBodyContext {
  /** The same at every attempt of this step: hand it to whatever must not happen twice. */
  readonly idempotencyKey: string;
  /** From 1. */
  readonly attempt: number;
  /** Aborted when the step's time is over. */
  readonly signal: AbortSignal;
}

export interface StepRunOptions {
  readonly retry?: RetryOptions;
  /** One attempt may take so long; then it fails and is retried like any failure. */
  readonly timeout?: Duration;
}

interface Running {
  readonly name: string;
}

const { AsyncLocalStorage } = nodeModule("node:async_hooks") ?? {};
const running = AsyncLocalStorage === undefined ? null : new AsyncLocalStorage<Running>();

/** The step whose body the caller stands in, where the runtime can tell. */
export function enclosingStep(): string | null {
  return running?.getStore()?.name ?? null;
}

export interface BodyOf {
  readonly id: string;
  readonly name: string;
  readonly n: number;
  readonly runId: string;
  readonly attempt: number;
  readonly options: StepRunOptions;
}

/** Runs one attempt and says how it went; never rejects. */
export async function runBody(of: BodyOf, fn: (context: StepBodyContext) => unknown): Promise<Op> {
  const { id, name, n, options } = of;
  const startedAtMs = monotonicMs();
  let abort: AbortController | undefined;
  const context: StepBodyContext = {
    idempotencyKey: `${of.runId}/${id}`,
    attempt: of.attempt,
    // Most bodies never look at it, and one costs more than the rest of this function.
    get signal() {
      abort ??= new AbortController();
      return abort.signal;
    },
  };
  const elapsedMs = () => Math.round((monotonicMs() - startedAtMs) * 1000) / 1000;
  try {
    const call = async () => fn(context);
    const result = running === null ? call() : running.run({ name }, call);
    const value = await (options.timeout === undefined
      ? result
      : withTimeout(result, durationMs(options.timeout), name, () => abort));
    const text = toJson(name, value);
    return {
      op: "run",
      id,
      name,
      n,
      st: "ok",
      ...(text === undefined ? {} : { v: new RawJson(text) }),
      ms: elapsedMs(),
    };
  } catch (thrown) {
    const policy = options.retry === undefined ? {} : { retry_policy: retryPolicy(options.retry) };
    return { op: "run", id, name, n, st: "err", error: toFailure(thrown), ...policy, ms: elapsedMs() };
  }
}

async function withTimeout<Value>(
  result: Promise<Value>,
  ms: number,
  name: string,
  abort: () => AbortController | undefined,
): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new StepTimeoutError(`step "${name}" took longer than ${ms} ms`);
      abort()?.abort(error);
      reject(error);
    }, ms);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What JSON cannot carry, or a strict reader would refuse. JSON.stringify writes lone surrogates as \\udxxx. */
const UNSTORABLE = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** A value as it will come back. @throws NonRetriableError with a sentence that names the step. */
export function toJson(name: string, value: unknown): string | undefined {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new NonRetriableError(
      `step "${name}" returned something JSON cannot hold: ${(error as Error).message}`,
      { cause: error },
    );
  }
  if (text === undefined) return undefined;
  if (text.includes("\\u") && UNSTORABLE.test(text)) {
    throw new NonRetriableError(
      `step "${name}" returned text with a NUL character or half a surrogate pair; encode it, e.g. as base64.`,
    );
  }
  if (text.length > VALUE_BYTES_MAX / 3 && new TextEncoder().encode(text).length > VALUE_BYTES_MAX) {
    throw new NonRetriableError(
      `step "${name}" returned more than ${VALUE_BYTES_MAX / 1024 / 1024} MiB; store it and return a reference.`,
    );
  }
  return text;
}
