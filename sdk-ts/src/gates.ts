import {
  CONCURRENCY_LIMITS_MAX,
  type Concurrency,
  LIMIT_MAX,
  type LimitKey,
  SLEEP_MS_MAX,
  THROTTLE_UNITS_MAX,
  type Throttle,
} from "@durable/protocol/wire";
import { type Duration, durationMs } from "./duration.ts";
import { optionsProblem } from "./options.ts";

/** So many at a time; the others wait, first come, first served. */
export interface ConcurrencyOptions {
  /** From 1. */
  readonly limit: number;
  /**
   * What is counted separately: a path into `event.data`, such as `"tenantId"`, or `{ cel }`, an expression over `event`.
   * An event without a value there starts no run and leaves a skip.
   */
  readonly key?: LimitKey | undefined;
  /** `"workspace"`: together with all functions that declare the same key so. `"function"` is the default. */
  readonly scope?: "function" | "workspace" | undefined;
  /**
   * What holds a place. `"step"`, the default: a run while it executes; one that sleeps or waits holds none. `"run"`: a
   * run from its first step to its end, so that with `limit: 1` the runs of a key never overlap.
   */
  readonly unit?: "step" | "run" | undefined;
}

/** So many starts per period. */
export interface ThrottleOptions {
  /** From 1. */
  readonly limit: number;
  /** 1 ms to 366 days. */
  readonly period: Duration;
  /** So many starts at once; 1, the default, spreads them evenly over the period. */
  readonly burst?: number | undefined;
  readonly key?: LimitKey | undefined;
  /** Functions whose throttles have the same name share one. */
  readonly name?: string | undefined;
  /** What a start costs: 1, the default, to 10,000, or an expression over `event`. */
  readonly units?: number | { readonly cel: string } | undefined;
}

/** @throws TypeError with what is wrong with it. */
export function concurrencyOnWire(
  concurrency: number | ConcurrencyOptions | readonly ConcurrencyOptions[],
): Concurrency | Concurrency[] {
  if (typeof concurrency === "number") return oneOnWire("concurrency", { limit: concurrency });
  if (!isList(concurrency)) return oneOnWire("concurrency", concurrency);
  if (concurrency.length < 1 || concurrency.length > CONCURRENCY_LIMITS_MAX) {
    throw new TypeError(`"concurrency" is one limit, or a list of up to ${CONCURRENCY_LIMITS_MAX}.`);
  }
  return concurrency.map((each, index) => oneOnWire(`concurrency[${index}]`, each));
}

function isList(
  value: ConcurrencyOptions | readonly ConcurrencyOptions[],
): value is readonly ConcurrencyOptions[] {
  return Array.isArray(value);
}

function oneOnWire(subject: string, options: ConcurrencyOptions): Concurrency {
  const problem = optionsProblem(options, ["limit", "key", "scope", "unit"]);
  if (problem !== null) throw new TypeError(`${subject} ${problem}`);
  const { limit, key, scope, unit } = options;
  return {
    limit: wholeNumber(`${subject}.limit`, limit, LIMIT_MAX),
    ...(key !== undefined && { key: keyOnWire(`${subject}.key`, key) }),
    ...(scope !== undefined && {
      scope: oneOf<"function" | "workspace">(`${subject}.scope`, scope, ["function", "workspace"]),
    }),
    ...(unit !== undefined && { unit: oneOf<"step" | "run">(`${subject}.unit`, unit, ["step", "run"]) }),
  };
}

/** @throws TypeError with what is wrong with it. */
export function throttleOnWire(options: ThrottleOptions): Throttle {
  const problem = optionsProblem(options, ["limit", "period", "burst", "key", "name", "units"]);
  if (problem !== null) throw new TypeError(`throttle ${problem}`);
  const { limit, period, burst, key, name, units } = options;
  const period_ms = durationMs(period);
  if (period_ms < 1 || period_ms > SLEEP_MS_MAX) {
    throw new TypeError("throttle.period must be between 1 ms and 366 days.");
  }
  return {
    limit: wholeNumber("throttle.limit", limit, LIMIT_MAX),
    period_ms,
    ...(burst !== undefined && { burst: wholeNumber("throttle.burst", burst, LIMIT_MAX) }),
    ...(key !== undefined && { key: keyOnWire("throttle.key", key) }),
    ...(name !== undefined && { name }),
    ...(units !== undefined && {
      units:
        typeof units === "object"
          ? { cel: celOf("throttle.units", units) }
          : wholeNumber("throttle.units", units, THROTTLE_UNITS_MAX),
    }),
  };
}

/** @throws TypeError */
export function wholeNumber(subject: string, value: number, max: number, min = 1): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new TypeError(
    `${subject} must be a whole number from ${min} to ${max}, and is ${JSON.stringify(value)}.`,
  );
}

/** @throws TypeError */
export function oneOf<const T extends string>(subject: string, value: T, words: readonly T[]): T {
  if (words.includes(value)) return value;
  const quoted = words.map((word) => JSON.stringify(word)).join(" or ");
  throw new TypeError(`${subject} must be ${quoted}, and is ${JSON.stringify(value)}.`);
}

/** @throws TypeError */
export function keyOnWire(subject: string, key: LimitKey): LimitKey {
  if (typeof key === "string" && key !== "") return key;
  return { cel: celOf(subject, key) };
}

function celOf(subject: string, value: unknown): string {
  const cel = typeof value === "object" && value !== null ? (value as { cel?: unknown }).cel : undefined;
  if (typeof cel === "string" && cel !== "") return cel;
  throw new TypeError(
    `${subject} must be a path into event.data, such as "tenantId", or { cel: "an expression over event" }.`,
  );
}
