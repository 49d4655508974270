// What the engine asks, as far as it must be whole to be answered.

import {
  type CallRequest,
  type EngineRequest,
  type InspectRequest,
  type InvokeRequest,
  JsonProblem,
  type QueryRequest,
  type Task,
} from "@durable/protocol/wire";
import { problem } from "./problem.ts";
import { readJson } from "./read-json.ts";
import type { WireResponse } from "./wire-message.ts";

/** The message, or the answer to what is none. */
export function readMessage(body: Uint8Array | string): EngineRequest | WireResponse {
  let message: { type?: unknown; app?: unknown; fn?: unknown };
  try {
    message = readJson(body) as typeof message;
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    return problem(error.code, error.message, { offset: error.offset });
  }
  if (typeof message === "object" && message !== null && typeof message.app === "string") {
    if (message.type === "inspect") return message as InspectRequest;
    if (message.type === "invoke" && isInvoke(message as Partial<InvokeRequest>))
      return message as InvokeRequest;
    if (message.type === "call" && isCall(message as Partial<CallRequest>)) return message as CallRequest;
    if (message.type === "query" && isQuery(message as Partial<QueryRequest>)) return message as QueryRequest;
  }
  return problem(
    "malformed-request",
    'The message is no "inspect", "invoke", "call" or "query" as the protocol has them.',
  );
}

function isCall(message: Partial<CallRequest>): boolean {
  return (
    typeof message.fn === "string" &&
    typeof message.call?.id === "string" &&
    typeof message.call.started_at === "string" &&
    "input" in message
  );
}

function isQuery(message: Partial<QueryRequest>): boolean {
  return (
    typeof message.fn === "string" &&
    typeof message.run?.id === "string" &&
    typeof message.event === "object" &&
    Array.isArray(message.memo) &&
    typeof message.query?.name === "string" &&
    typeof message.budget?.ms === "number"
  );
}

function isInvoke(message: Partial<InvokeRequest>): boolean {
  return (
    typeof message.fn === "string" &&
    typeof message.run?.id === "string" &&
    typeof message.task?.fence === "string" &&
    isTask(message.task) &&
    typeof message.input?.event === "object" &&
    Array.isArray(message.memo) &&
    typeof message.attempts === "object" &&
    typeof message.budget?.ms === "number"
  );
}

function isTask(task: Partial<Extract<Task, { step: unknown }>> | Task): boolean {
  return task.kind === "advance" || (isOneStep(task.kind) && typeof task.step === "string");
}

function isOneStep(kind: unknown): boolean {
  return kind === "step" || kind === "compensate";
}
