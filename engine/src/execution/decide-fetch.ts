// What the end of a call means that the engine made for a step. Pure.

import type { FetchOp, FetchResult, RunErrOp } from "@durable/protocol/wire";
import type { TaskOutcome } from "../domain/task-outcome.ts";
import type { FetchEnd, FetchResponse } from "../endpoint/fetch-client.ts";
import { failedTask, type PlannedStep } from "./decide-task.ts";
import type { Situation } from "./situation.ts";

/** What the task asks for, as its op said it. */
export type FetchAsked = Pick<FetchOp, "url" | "method" | "headers" | "body" | "timeout_ms" | "retry_policy">;

/** A call that was given up may have arrived; another engine makes it again, with the same idempotency key. */
const GIVEN_UP =
  '{"name":"TransportError","message":"the engine that made the call has left","reason":"shutdown"}';

export function decideFetchEnd(
  situation: Situation,
  step: PlannedStep,
  { retry_policy }: Pick<FetchAsked, "retry_policy">,
  end: FetchEnd,
): TaskOutcome {
  const nothing = {
    value: null,
    failure: null,
    transportAttempt: 0,
    retryMs: null,
    isCompensable: false,
    logs: null,
  };
  switch (end.kind) {
    case "response": {
      const attempt = step.attempt + 1;
      const record = { attempt, outcome: "ok" as const, failure: null };
      return { ...nothing, status: "ok", value: JSON.stringify(resultOf(end)), attempt, record };
    }
    case "given-up": {
      const transportAttempt = situation.transportAttempt + 1;
      const record = { attempt: transportAttempt, outcome: "transport" as const, failure: GIVEN_UP };
      return {
        ...nothing,
        status: "unanswered",
        attempt: step.attempt,
        transportAttempt,
        retryMs: 1,
        record,
      };
    }
    case "failed": {
      const error: RunErrOp["error"] = { name: "FetchError", message: end.detail };
      if (end.isFinal) error.retry = false;
      return failedTask(situation, step, error, retry_policy);
    }
  }
}

function resultOf({ status, headers, body }: FetchResponse): FetchResult {
  const text = textOf(body);
  return text === null
    ? { status, headers, body: Buffer.from(body).toString("base64"), base64: true }
    : { status, headers, body: text };
}

/** Null when the bytes are no text that JSON may carry. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = utf8.decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
