import type { RunEvent } from "@durable/protocol/wire";
import type { DurableEvent } from "../event.ts";
import { type DurableFunction, policyOptionsOf } from "../function.ts";
import { makeStep } from "../steps/step.ts";
import { checkedData, schemaFor } from "./event-data.ts";
import type { Turn } from "./turn.ts";

export interface Cause {
  readonly event: RunEvent;
  /** Of a batch: all, the first of which is `event`. */
  readonly events?: readonly RunEvent[] | undefined;
  readonly run: { readonly id: string; readonly started_at: string };
}

/** Calls the handler from the top, with its data as its schema makes it. */
export async function callHandler(
  fn: DurableFunction,
  cause: Cause,
  turn: Turn,
  traceparent?: string | undefined,
): Promise<unknown> {
  const events: DurableEvent[] = [];
  for (const received of cause.events ?? [cause.event]) events.push(await shownEvent(fn, received));
  const run = { id: cause.run.id, startedAt: cause.run.started_at };
  const step = makeStep(turn, policyOptionsOf(fn));
  return fn.options.handler({ event: events[0]!, events, step, run, traceparent });
}

async function shownEvent(fn: DurableFunction, received: RunEvent): Promise<DurableEvent> {
  const schema = schemaFor(fn, received.name);
  const data = schema === undefined ? received.data : await checkedData(schema, received);
  return { id: received.id, name: received.name, data, time: received.time };
}
