import type { Duration } from "../duration.ts";
import type { DurableEvent, Untyped } from "../event.ts";
import type { Turn } from "../execution/turn.ts";
import { type AwaitedEvent, awaitedOnWire } from "./awaited.ts";
import { boundedMs } from "./bounded-duration.ts";
import { fitsEvent } from "./fits-wait.ts";

/** How long a wait lasts. */
export interface WaitTimeout {
  /** After it the wait resolves with null. Default, and at most, 366 days. */
  readonly timeout?: Duration | undefined;
}

/** Which event is waited for, and how long. */
export interface WaitOptions extends AwaitedEvent, WaitTimeout {}

/**
 * `step.waitForEvent(name, { event, match, if, timeout })`: the event, or null after the timeout. An event that came
 * since the run began counts too, so it may be sent before the wait is reached. Nothing is held meanwhile.
 */
export type WaitForEvent = <Data = Untyped>(
  name: string,
  options: WaitOptions,
) => Promise<DurableEvent<Data> | null>;

export function makeWaitForEvent(turn: Turn): WaitForEvent {
  return (name, options) =>
    turn.ask({ op: "wait", name, fits: fitsEvent }, (id, n) => {
      const subject = `Step "${name}"`;
      const awaited = awaitedOnWire(subject, options, ["timeout"]);
      turn.report({ op: "wait", id, name, n, ...awaited, ...timeoutOnWire(subject, options) });
    });
}

export function timeoutOnWire(subject: string, { timeout }: WaitTimeout): { timeout_ms?: number } {
  return timeout === undefined ? {} : { timeout_ms: boundedMs(subject, timeout) };
}
