import type { RunEvent } from "@durable/protocol/wire";
import type { DurableEvent } from "../event.ts";
import { type DurableFunction, policyOptionsOf } from "../function.ts";
import { makeStep } from "../steps/step.ts";
import { checkedData, schemaFor } from "./event-data.ts";
import type { Turn } from "./turn.ts";

export interface Cause {
  readonly event: RunEvent;
  readonly run: { readonly id: string; readonly started_at: string };
}

/** Calls the handler from the top, with its data as its schema makes it. */
export async function callHandler(fn: DurableFunction, cause: Cause, turn: Turn): Promise<unknown> {
  const { event: received } = cause;
  const schema = schemaFor(fn, received.name);
  const event: DurableEvent = {
    id: received.id,
    name: received.name,
    data: schema === undefined ? received.data : await checkedData(schema, received),
    time: received.time,
  };
  const run = { id: cause.run.id, startedAt: cause.run.started_at };
  return fn.options.handler({ event, step: makeStep(turn, policyOptionsOf(fn)), run });
}
