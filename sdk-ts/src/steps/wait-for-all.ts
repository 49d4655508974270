import type { DurableEvent, Untyped } from "../event.ts";
import type { Turn } from "../execution/turn.ts";
import type { AwaitedEvent } from "./awaited.ts";
import { checkOptions } from "./checked-options.ts";
import { fitsAll } from "./fits-wait.ts";
import { severalOnWire } from "./several-events.ts";
import { timeoutOnWire, type WaitTimeout } from "./wait-for-event.ts";

/**
 * `step.waitForAll(name, [..] | { .. }, { timeout })`: all of the events, as a list or by their names, or null when one
 * is missing after the timeout. Each is an event of its own: one never counts twice.
 */
export type WaitForAll = {
  <Data = Untyped>(
    name: string,
    events: readonly AwaitedEvent[],
    options?: WaitTimeout,
  ): Promise<DurableEvent<Data>[] | null>;
  <Key extends string, Data = Untyped>(
    name: string,
    events: Readonly<Record<Key, AwaitedEvent>>,
    options?: WaitTimeout,
  ): Promise<Record<Key, DurableEvent<Data>> | null>;
};

export function makeWaitForAll(turn: Turn): WaitForAll {
  return (
    name: string,
    events: readonly AwaitedEvent[] | Readonly<Record<string, AwaitedEvent>>,
    options = {},
  ) => {
    const read = (all: unknown) => {
      if (all === null || !Array.isArray(events)) return all;
      const byKey = all as Record<string, unknown>;
      return events.map((_, index) => byKey[index]);
    };
    return turn.ask<never>({ op: "wait", name, fits: fitsAll, read }, (id, n) => {
      const subject = `Step "${name}"`;
      checkOptions(subject, "step.waitForAll", options, ["timeout"]);
      const all = severalOnWire(subject, events);
      turn.report({ op: "wait", id, name, n, all, ...timeoutOnWire(subject, options) });
    });
  };
}
