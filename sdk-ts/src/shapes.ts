import {
  BATCH_BYTES_MAX,
  BATCH_EVENTS_MAX,
  type Batch,
  type Debounce,
  type Idempotency,
  LIMIT_MAX,
  type LimitKey,
  RATE_LIMIT_MAX,
  type RateLimit,
  type Singleton,
  SLEEP_MS_MAX,
} from "@durable/protocol/wire";
import { type Duration, durationMs } from "./duration.ts";
import { keyOnWire, oneOf, wholeNumber } from "./gates.ts";
import { optionsProblem } from "./options.ts";

/** An event whose key has started a run lately starts no other. */
export interface IdempotencyOptions {
  /** What counts as the same: a path into `event.data`, or `{ cel }`, an expression over `event`. */
  readonly key: LimitKey;
  /** Counted from the start; 24 hours unless told. */
  readonly period?: Duration | undefined;
}

/** So many starts per period; what is over starts no run, or a later one. */
export interface RateLimitOptions {
  /** From 1. */
  readonly limit: number;
  /** 1 ms to 366 days. */
  readonly period: Duration;
  /**
   * Without it no window of the period, wherever it begins, has more than `limit` starts. With it so many start at once after
   * a quiet time, and then one per `period / limit`.
   */
  readonly burst?: number | undefined;
  readonly key?: LimitKey | undefined;
  /** `"skip"`, the default: the event starts no run and leaves a skip. `"delay"`: its run begins when there is room. */
  readonly onLimit?: "skip" | "delay" | undefined;
}

/** One run for events that come soon after each other. */
export interface DebounceOptions {
  /** How long it must be quiet. */
  readonly period: Duration;
  readonly key?: LimitKey | undefined;
  /** However many follow, it begins so long after the first. */
  readonly maxWait?: Duration | undefined;
  /** `"trailing"`, the default: for the last event, when it is quiet. `"leading"`: for the first, at once. */
  readonly edge?: "trailing" | "leading" | undefined;
}

/** One run for many events: the handler gets all of them as `events`. */
export interface BatchOptions {
  /** From 2 to 1,000. */
  readonly maxSize: number;
  /** It begins so long after its first event at the latest. */
  readonly maxWait: Duration;
  /** Of the events' data together; 1 MiB unless told, at most 2 MiB. */
  readonly maxBytes?: number | undefined;
  /** Events with the same value go together. */
  readonly key?: LimitKey | undefined;
}

/** One run at a time. */
export interface SingletonOptions {
  /**
   * What becomes of an event that comes while a run is under way. `"skip"`: it starts none. `"cancel"`: the one under way
   * is cancelled, and the new one begins when it has ended. `"queue"`: the new one waits.
   */
  readonly mode: "skip" | "cancel" | "queue";
  readonly key?: LimitKey | undefined;
}

/** @throws TypeError with what is wrong with it. */
export function idempotencyOnWire(options: IdempotencyOptions): Idempotency {
  requireOptions("idempotency", options, ["key", "period"]);
  const { key, period = "24h" } = options;
  return { key: keyOnWire("idempotency.key", key), period_ms: periodMs("idempotency.period", period) };
}

/** @throws TypeError with what is wrong with it. */
export function rateLimitOnWire(options: RateLimitOptions): RateLimit {
  requireOptions("rateLimit", options, ["limit", "period", "burst", "key", "onLimit"]);
  const { limit, period, burst, key, onLimit } = options;
  return {
    limit: wholeNumber("rateLimit.limit", limit, burst === undefined ? RATE_LIMIT_MAX : LIMIT_MAX),
    period_ms: periodMs("rateLimit.period", period),
    ...(burst !== undefined && { burst: wholeNumber("rateLimit.burst", burst, LIMIT_MAX) }),
    ...(key !== undefined && { key: keyOnWire("rateLimit.key", key) }),
    ...(onLimit !== undefined && {
      on_limit: oneOf("rateLimit.onLimit", onLimit, ["skip", "delay"] as const),
    }),
  };
}

/** @throws TypeError with what is wrong with it. */
export function debounceOnWire(options: DebounceOptions): Debounce {
  requireOptions("debounce", options, ["period", "key", "maxWait", "edge"]);
  const { period, key, maxWait, edge } = options;
  const period_ms = periodMs("debounce.period", period);
  const max = maxWait === undefined ? undefined : periodMs("debounce.maxWait", maxWait);
  if (max !== undefined && max < period_ms)
    throw new TypeError("debounce.maxWait must not be shorter than its period.");
  return {
    period_ms,
    ...(key !== undefined && { key: keyOnWire("debounce.key", key) }),
    ...(max !== undefined && { max_wait_ms: max }),
    ...(edge !== undefined && { edge: oneOf("debounce.edge", edge, ["trailing", "leading"] as const) }),
  };
}

/** @throws TypeError with what is wrong with it. */
export function batchOnWire(options: BatchOptions): Batch {
  requireOptions("batch", options, ["maxSize", "maxWait", "maxBytes", "key"]);
  const { maxSize, maxWait, maxBytes, key } = options;
  if (maxSize === 1) throw new TypeError("batch.maxSize must be at least 2: a batch of one is a run.");
  return {
    max_size: wholeNumber("batch.maxSize", maxSize, BATCH_EVENTS_MAX),
    max_wait_ms: periodMs("batch.maxWait", maxWait),
    ...(maxBytes !== undefined && { max_bytes: wholeNumber("batch.maxBytes", maxBytes, BATCH_BYTES_MAX) }),
    ...(key !== undefined && { key: keyOnWire("batch.key", key) }),
  };
}

/** @throws TypeError with what is wrong with it. */
export function singletonOnWire(options: SingletonOptions): Singleton {
  requireOptions("singleton", options, ["mode", "key"]);
  const { mode, key } = options;
  return {
    mode: oneOf("singleton.mode", mode, ["skip", "cancel", "queue"] as const),
    ...(key !== undefined && { key: keyOnWire("singleton.key", key) }),
  };
}

function requireOptions(subject: string, options: unknown, members: readonly string[]): void {
  const problem = optionsProblem(options, members);
  if (problem !== null) throw new TypeError(`${subject} ${problem}`);
}

function periodMs(subject: string, period: Duration): number {
  if (period === undefined) throw new TypeError(`${subject} is missing.`);
  const ms = durationMs(period);
  if (ms >= 1 && ms <= SLEEP_MS_MAX) return ms;
  throw new TypeError(`${subject} must be between 1 ms and 366 days.`);
}
