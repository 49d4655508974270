import { EVENTS_PER_SEND_MAX } from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import type { EventToSend } from "../event.ts";
import { eventOnWire } from "../event-on-wire.ts";
import type { Turn } from "../execution/turn.ts";

/**
 * `step.sendEvent(name, event | events)`: sent in the same commit that records the step, so exactly once. Resolves to
 * their ids. Up to 5,000 at once, of 5 MiB together.
 */
export type SendEvent = (
  name: string,
  events: EventToSend | readonly EventToSend[],
) => Promise<{ ids: string[] }>;

export function makeSendEvent(turn: Turn): SendEvent {
  return (name, events) =>
    turn.ask({ op: "send", name, read: (ids) => ({ ids }) }, (id, n) => {
      const list = Array.isArray(events) ? (events as readonly EventToSend[]) : [events as EventToSend];
      if (list.length === 0 || list.length > EVENTS_PER_SEND_MAX) {
        throw new NonRetriableError(
          `Step "${name}": send 1 to ${EVENTS_PER_SEND_MAX} events, not ${list.length}.`,
        );
      }
      const onWire = list.map((event) => eventOnWire(`Step "${name}"`, event));
      turn.report({ op: "send", id, name, n, events: onWire });
    });
}
