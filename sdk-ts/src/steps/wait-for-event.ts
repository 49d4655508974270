import type { JsonScalar } from "@durable/protocol/wire";
import { type Duration, durationMs } from "../duration.ts";
import type { Turn } from "../execution/turn.ts";
import type { DurableEvent } from "../function.ts";
import { refuseNesting } from "./step.ts";

export interface WaitOptions {
  /** The event's name. */
  readonly event: string;
  /** Paths into the event's data and the values they must have: `{ userId: 1, "order.id": 2 }`. */
  readonly match?: Readonly<Record<string, JsonScalar>>;
  /** After it the wait resolves with null. Default and most: 366 days. */
  readonly timeout?: Duration;
}

/**
 * `step.waitForEvent(name, { event, match, timeout })`: the event, or null after the timeout. One that came since the
 * run began counts too, so it may be sent before the wait is reached. Nothing is held meanwhile.
 */
// biome-ignore lint/suspicious/noExplicitAny: the data of another app's event is read like the result of JSON.parse
export type WaitForEvent = <Data = any>(
  name: string,
  options: WaitOptions,
) => Promise<DurableEvent<Data> | null>;

export function makeWaitForEvent(turn: Turn): WaitForEvent {
  return (name, { event, match, timeout }) => {
    refuseNesting(name);
    return turn.ask({ op: "wait", name }, (id, n) =>
      turn.report({
        op: "wait",
        id,
        name,
        n,
        event,
        ...(match === undefined ? {} : { match: { ...match } }),
        ...(timeout === undefined ? {} : { timeout_ms: durationMs(timeout) }),
      }),
    );
  };
}
