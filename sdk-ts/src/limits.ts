import { SLEEP_MS_MAX, type Timeouts } from "@durable/protocol/wire";
import { type CancelOnOptions, cancelOnWire } from "./cancel-on.ts";
import { type Duration, durationMs } from "./duration.ts";
import { type ConcurrencyOptions, concurrencyOnWire, type ThrottleOptions, throttleOnWire } from "./gates.ts";
import { optionsProblem, shown } from "./options.ts";
import { type FairnessOptions, fairnessOnWire, type PriorityOption, priorityOnWire } from "./order.ts";
import {
  type BatchOptions,
  batchOnWire,
  type DebounceOptions,
  debounceOnWire,
  type IdempotencyOptions,
  idempotencyOnWire,
  type RateLimitOptions,
  rateLimitOnWire,
  type SingletonOptions,
  singletonOnWire,
} from "./shapes.ts";

/** What the engine shall respect before and while a function runs. */
export interface Limits {
  /** So many at a time, for each value of a key; up to four of them, of which a run needs all. */
  readonly concurrency?: number | ConcurrencyOptions | readonly ConcurrencyOptions[] | undefined;
  /** So many starts per period; the others wait for their turn. */
  readonly throttle?: ThrottleOptions | undefined;
  /** An event whose key has started a run lately starts no other. */
  readonly idempotency?: IdempotencyOptions | undefined;
  /** One run for events that come soon after each other: for the last of them, or for the first. */
  readonly debounce?: DebounceOptions | undefined;
  /** One run for many events. */
  readonly batch?: BatchOptions | undefined;
  /** So many starts per period; what is over starts no run, or a later one. */
  readonly rateLimit?: RateLimitOptions | undefined;
  /** One run at a time: what comes meanwhile is skipped, cancels it, or waits. */
  readonly singleton?: SingletonOptions | undefined;
  /** Tenants that have jobs waiting take turns, in proportion to their weights. */
  readonly fairness?: FairnessOptions | undefined;
  /**
   * Seconds by which jobs of a run go earlier than others, from -600 to 600: a number, a path into `event.data`, or
   * `{ cel }`, an expression over `event`. Nobody is overtaken for longer than that.
   */
  readonly priority?: PriorityOption | undefined;
  /**
   * Of a whole run, from its creation on. `start`: the app has answered for the first time. `finish`: the run has ended.
   * A run that is late fails with a `TimeoutError`, after its completed steps are undone; one that is paused then is not.
   */
  readonly timeouts?:
    | { readonly start?: Duration | undefined; readonly finish?: Duration | undefined }
    | undefined;
  /** Events that cancel a run while it is under way. */
  readonly cancelOn?: readonly CancelOnOptions[] | undefined;
  /** `"step"`, the default and the only one: a step's result is on the engine's disk before the code after it runs. */
  readonly durability?: "step" | undefined;
  /**
   * Which deployment of the app continues a run that is under way: the newest (`"latest"`, the default), the one it began
   * on (`"pinned"`; when that is gone the run waits until it is back or somebody moves the run), or the one it began on as
   * long as that is there, then the newest (`"drain"`). Both need a name and an address per deployment.
   */
  readonly version?: "latest" | "pinned" | "drain" | undefined;
}

/**
 * The same under the names of the wire; what is not given is left out.
 * @throws TypeError for what the engine could not accept.
 */
export function limitsOnWire(limits: Limits): Record<string, unknown> {
  const named = {
    concurrency: limits.concurrency === undefined ? undefined : concurrencyOnWire(limits.concurrency),
    throttle: limits.throttle && throttleOnWire(limits.throttle),
    idempotency: limits.idempotency && idempotencyOnWire(limits.idempotency),
    debounce: limits.debounce && debounceOnWire(limits.debounce),
    batch: limits.batch && batchOnWire(limits.batch),
    rate_limit: limits.rateLimit && rateLimitOnWire(limits.rateLimit),
    singleton: limits.singleton && singletonOnWire(limits.singleton),
    fairness: limits.fairness && fairnessOnWire(limits.fairness),
    priority: limits.priority === undefined ? undefined : priorityOnWire(limits.priority),
    timeouts: limits.timeouts === undefined ? undefined : timeoutsOnWire(limits.timeouts),
    cancel_on: limits.cancelOn && cancelOnWire(limits.cancelOn),
    durability: limits.durability,
    version: limits.version,
  };
  if (limits.batch !== undefined && limits.debounce?.edge === "leading") {
    throw new TypeError(
      'a batch begins with its last event, so it cannot have a debounce with the edge "leading".',
    );
  }
  if (limits.durability !== undefined && limits.durability !== "step") {
    throw new TypeError(
      `durability must be "step", and is ${shown(limits.durability)}: the engine keeps every step before the run goes on, and offers nothing less.`,
    );
  }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

function timeoutsOnWire(timeouts: NonNullable<Limits["timeouts"]>): Timeouts {
  const problem = optionsProblem(timeouts, ["start", "finish"]);
  if (problem !== null) throw new TypeError(`timeouts ${problem}`);
  const { start, finish } = timeouts;
  return {
    ...(start !== undefined && { start_ms: timeoutMs("start", start) }),
    ...(finish !== undefined && { finish_ms: timeoutMs("finish", finish) }),
  };
}

function timeoutMs(member: string, duration: Duration): number {
  const ms = durationMs(duration);
  if (ms >= 1 && ms <= SLEEP_MS_MAX) return ms;
  throw new TypeError(`timeouts.${member} must be between 1 ms and 366 days.`);
}
