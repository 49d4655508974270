import type { Answer, InvokeRequest } from "@durable/protocol/wire";
import { RawJson } from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import type { DurableEvent, DurableFunction } from "../function.ts";
import { triggersOf } from "../function.ts";
import { monotonicMs } from "../runtime.ts";
import { issuesSentence, type StandardSchema } from "../standard-schema.ts";
import { makeStep } from "../steps/step.ts";
import { toFailure } from "./failure.ts";
import { toJson } from "./step-body.ts";
import { Turn } from "./turn.ts";

/** Runs one turn of the function and says what came of it. Never rejects. */
export async function executeFunction(fn: DurableFunction, request: InvokeRequest): Promise<Answer> {
  const startedAtMs = monotonicMs();
  const turn = new Turn(request, startedAtMs);
  const handler = callHandler(fn, request, turn);
  const isOver = await turn.untilOver(handler);
  const { fence } = request.task;
  const app_ms = Math.round((monotonicMs() - startedAtMs) * 1000) / 1000;
  if (turn.broken !== null) {
    return { status: "error", fence, app_ms, error: { ...toFailure(turn.broken), code: "nondeterminism" } };
  }
  if (!isOver) {
    return { status: "continue", fence, app_ms, ops: turn.ops, ...(turn.ranOut ? { more: true } : {}) };
  }
  try {
    const output = toJson(fn.id, await handler);
    return {
      status: "done",
      fence,
      app_ms,
      unclaimed: turn.unclaimed,
      ...(output === undefined ? {} : { output: new RawJson(output) }),
    };
  } catch (thrown) {
    return { status: "error", fence, app_ms, unclaimed: turn.unclaimed, error: toFailure(thrown) };
  }
}

async function callHandler(fn: DurableFunction, request: InvokeRequest, turn: Turn): Promise<unknown> {
  const event = request.input.event as DurableEvent;
  const schema = schemaFor(fn, event.name);
  const data = schema === undefined ? event.data : await checked(schema, event);
  return fn.options.handler({
    event: schema === undefined ? event : { ...event, data },
    step: makeStep(turn),
    run: { id: request.run.id, startedAt: request.run.started_at },
  });
}

function schemaFor(fn: DurableFunction, eventName: string): StandardSchema | undefined {
  if (fn.options.input !== undefined) return fn.options.input as StandardSchema;
  for (const trigger of triggersOf(fn.options)) {
    if ("event" in trigger && trigger.event === eventName)
      return trigger.schema as StandardSchema | undefined;
  }
  return undefined;
}

async function checked(schema: StandardSchema, event: DurableEvent): Promise<unknown> {
  const result = await schema["~standard"].validate(event.data);
  if (result.issues === undefined) return result.value;
  throw new NonRetriableError(
    `event "${event.name}" does not fit the function's schema: ${issuesSentence(result.issues)}`,
  );
}
