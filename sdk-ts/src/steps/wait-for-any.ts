import type { DurableEvent, Untyped } from "../event.ts";
import type { Turn } from "../execution/turn.ts";
import type { AwaitedEvent } from "./awaited.ts";
import { checkOptions } from "./checked-options.ts";
import { fitsAny } from "./fits-wait.ts";
import { severalOnWire } from "./several-events.ts";
import { timeoutOnWire, type WaitTimeout } from "./wait-for-event.ts";

/** Which of the awaited events came first: its place in the list, or its name in the object. */
export interface FirstEvent<Key, Data = Untyped> {
  readonly key: Key;
  readonly event: DurableEvent<Data>;
}

/**
 * `step.waitForAny(name, [..] | { .. }, { timeout })`: the first of several events as `{ key, event }`, or null after
 * the timeout. It ends once; the other events are not waited for any more, from that very moment on.
 */
export type WaitForAny = {
  <Data = Untyped>(
    name: string,
    events: readonly AwaitedEvent[],
    options?: WaitTimeout,
  ): Promise<FirstEvent<number, Data> | null>;
  <Key extends string, Data = Untyped>(
    name: string,
    events: Readonly<Record<Key, AwaitedEvent>>,
    options?: WaitTimeout,
  ): Promise<FirstEvent<Key, Data> | null>;
};

export function makeWaitForAny(turn: Turn): WaitForAny {
  return (
    name: string,
    events: readonly AwaitedEvent[] | Readonly<Record<string, AwaitedEvent>>,
    options = {},
  ) => {
    const read = (first: unknown) => {
      if (first === null || !Array.isArray(events)) return first;
      const { key, event } = first as { key: string; event: unknown };
      return { key: Number(key), event };
    };
    return turn.ask<never>({ op: "wait", name, fits: fitsAny, read }, (id, n) => {
      const subject = `Step "${name}"`;
      checkOptions(subject, "step.waitForAny", options, ["timeout"]);
      const any = severalOnWire(subject, events);
      turn.report({ op: "wait", id, name, n, any, ...timeoutOnWire(subject, options) });
    });
  };
}
