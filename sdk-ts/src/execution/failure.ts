import {
  FAILURE_CAUSES_MAX,
  FAILURE_MESSAGE_BYTES_MAX,
  FAILURE_STACK_BYTES_MAX,
  type Failure,
  ID_CHARACTERS_MAX,
  RETRY_DELAY_MS_MAX,
} from "@durable/protocol/wire";
import { isDevMode } from "../dev-mode.ts";
import { NonRetriableError, RetryAfterError, recordedFailure, StepError } from "../errors.ts";
import { codeFrame } from "./code-frame.ts";
import { cut } from "./cut.ts";

/** Whatever user code threw, as data. Never throws: an error may have getters, or be a proxy that does. */
export function toFailure(thrown: unknown): Failure {
  try {
    return describe(thrown, 0);
  } catch {
    return { name: "Error", message: "User code threw something that cannot be described." };
  }
}

function describe(thrown: unknown, depth: number): Failure {
  // It has had all its attempts; the same memo would bring the same error again.
  if (thrown instanceof StepError) return { ...recordedFailure(thrown), retry: false };
  if (!isError(thrown)) return { name: "Error", message: cut(sayThrown(thrown), FAILURE_MESSAGE_BYTES_MAX) };
  const failure: Failure = {
    name: cut(String(thrown.name || "Error"), ID_CHARACTERS_MAX),
    message: cut(String(thrown.message), FAILURE_MESSAGE_BYTES_MAX),
  };
  if (typeof thrown.code === "string") failure.code = cut(thrown.code, ID_CHARACTERS_MAX);
  addRetry(failure, thrown);
  const isDev = isDevMode();
  const frame = codeFrame(thrown.stack, { isDev });
  if (frame !== null) failure.frame = cut(frame, FAILURE_MESSAGE_BYTES_MAX);
  if (isDev && depth === 0 && thrown.stack) failure.stack = cut(thrown.stack, FAILURE_STACK_BYTES_MAX);
  if (thrown.cause !== undefined && depth < FAILURE_CAUSES_MAX)
    failure.cause = describe(thrown.cause, depth + 1);
  const step = failure.cause?.step ?? stepOfJoin(thrown);
  if (step !== undefined) failure.step = step;
  return failure;
}

/** Of a join, or of `Promise.any`: the first of its errors tells the step. */
function stepOfJoin(thrown: unknown): string | undefined {
  const first: unknown = thrown instanceof AggregateError ? thrown.errors[0] : undefined;
  return first instanceof StepError ? recordedFailure(first).step : undefined;
}

function addRetry(failure: Failure, thrown: ErrorLike): void {
  // By name too: a bundler may have put the class into the app twice.
  if (thrown instanceof NonRetriableError || thrown.name === "NonRetriableError") failure.retry = false;
  // Steps that failed for good; the same memo would bring the same errors again.
  if (thrown instanceof AggregateError && isOfStepsAlone(thrown)) {
    failure.retry = false;
  }
  if (thrown instanceof RetryAfterError || thrown.name === "RetryAfterError") {
    const ms = Number(thrown.retryAfterMs);
    if (ms >= 0) failure.retry_after_ms = Math.min(Math.round(ms), RETRY_DELAY_MS_MAX);
  }
}

function isOfStepsAlone({ errors }: AggregateError): boolean {
  return errors.length > 0 && errors.every((error) => error instanceof StepError);
}

interface ErrorLike {
  readonly name: unknown;
  readonly message: unknown;
  readonly stack?: string;
  readonly cause?: unknown;
  readonly code?: unknown;
  readonly retryAfterMs?: unknown;
}

/** Errors of other realms (a vm, an iframe) are no instances of ours. */
function isError(thrown: unknown): thrown is ErrorLike {
  return (
    thrown instanceof Error ||
    (typeof thrown === "object" && thrown !== null && "message" in thrown && "name" in thrown)
  );
}

function sayThrown(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return String(thrown);
  }
}
