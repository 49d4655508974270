import { formatInstant, RawJson } from "@durable/protocol/wire";
import { toJson } from "../execution/step-body.ts";
import type { Turn } from "../execution/turn.ts";
import { refuseNesting } from "./step.ts";

export interface EventToSend {
  readonly name: string;
  /** Anything JSON can hold. */
  readonly data?: unknown;
  /** Unique in the workspace: sent again under it, the event is accepted once. */
  readonly id?: string;
  /** When it happened; now unless told. */
  readonly time?: Date | string;
}

/** `step.sendEvent(name, event | events)`: sent in the step's own commit, so exactly once. Resolves to their ids. */
export type SendEvent = (
  name: string,
  events: EventToSend | readonly EventToSend[],
) => Promise<{ ids: string[] }>;

export function makeSendEvent(turn: Turn): SendEvent {
  return async (name, events) => {
    refuseNesting(name);
    const ids = await turn.ask<string[]>({ op: "send", name }, (id, n) => {
      const list = Array.isArray(events) ? (events as readonly EventToSend[]) : [events as EventToSend];
      turn.report({ op: "send", id, name, n, events: list.map((event) => wireEvent(name, event)) });
    });
    return { ids };
  };
}

/** An event as the wire has it. @throws NonRetriableError when its data is not JSON. */
export function wireEvent(where: string, event: EventToSend) {
  const data = toJson(where, event.data);
  return {
    name: event.name,
    ...(data === undefined ? {} : { data: new RawJson(data) }),
    ...(event.id === undefined ? {} : { id: event.id }),
    ...(event.time === undefined ? {} : { time: formatInstant(new Date(event.time).getTime()) }),
  };
}
