import {
  ATTEMPTS_MAX,
  ERROR_NAMES_MAX,
  ID_CHARACTERS_MAX,
  RETRY_DELAY_MS_MAX,
  RETRY_DELAY_MS_MIN,
  RETRY_TABLE_MAX,
  type RetryPolicy,
  SLEEP_MS_MAX,
} from "@durable/protocol/wire";
import { type Duration, durationMs } from "./duration.ts";
import { optionsProblem } from "./options.ts";

/** How often and when a failed step is tried again. */
export interface RetryOptions {
  /**
   * All attempts, the first included: 1 means no retry. Default 4, at most 1,000; with a table of delays one more than
   * it has, with `decide` 1,000.
   */
  readonly max?: number | undefined;
  /** How the delay grows, or the delays themselves: `["1s", "10s", "1m"]`. Default exponential. */
  readonly backoff?: "exponential" | "linear" | "constant" | readonly Duration[] | undefined;
  /** Delay before the second attempt. Default 1 s. */
  readonly base?: Duration | undefined;
  /** What exponential backoff multiplies by per attempt, 1 to 100. Default 2. */
  readonly factor?: number | undefined;
  /** No delay is longer. Default 1 h, with a table 24 h; at most 24 h. */
  readonly maxDelay?: Duration | undefined;
  /** Each delay is spread over its upper half. Default true; false with a table. */
  readonly jitter?: boolean | undefined;
  /** No attempt begins later than this after the first one. For steps; default: no such limit. */
  readonly maxDuration?: Duration | undefined;
  /** Names of errors, as in `error.name`. With it, only these are tried again. */
  readonly retryOn?: readonly string[] | undefined;
  /** Names of errors that are never tried again. */
  readonly stopOn?: readonly string[] | undefined;
  /**
   * Asked after each failed attempt, here in the app: when to try again, or `"stop"`. What else the policy says about
   * delays holds only where it could not be asked, or answers neither. `attempt` is the one that failed, from 1.
   */
  readonly decide?: ((attempt: number, error: unknown) => Duration | "stop") | undefined;
}

/** With what a function and a step say beside it. */
export interface PolicyOptions extends RetryOptions {
  readonly onExhausted?: "fail" | "pause" | undefined;
}

const MEMBERS = [
  "max",
  "backoff",
  "base",
  "factor",
  "maxDelay",
  "jitter",
  "maxDuration",
  "retryOn",
  "stopOn",
  "decide",
  "onExhausted",
];

/**
 * The policy as the wire says it; what a step does not say is the function's.
 * @throws TypeError with the bounds, for what the engine could not accept.
 */
export function retryPolicy(options: PolicyOptions, ofFunction: PolicyOptions = {}): RetryPolicy {
  const problem = optionsProblem(options, MEMBERS);
  if (problem !== null) throw new TypeError(`retry ${problem}`);
  const said = { ...ofFunction, ...withoutUndefined(options) };
  const delays = delaysOf(said.backoff ?? "exponential");
  const isTable = delays.table_ms !== undefined;
  // A number of attempts that was chosen for other delays says nothing about a table, or a function, of the step's own.
  const isOwn = Array.isArray(options.backoff) || options.decide !== undefined;
  const max = (isOwn ? options.max : said.max) ?? maxFor(said, delays.table_ms);
  if (!Number.isInteger(max) || max < 1 || max > ATTEMPTS_MAX) {
    throw new TypeError(
      `retry.max counts all attempts: a whole number from 1 to ${ATTEMPTS_MAX}, not ${max}.`,
    );
  }
  const factor = said.factor ?? 2;
  if (!(factor >= 1 && factor <= 100)) {
    throw new TypeError(`retry.factor must be a number from 1 to 100, not ${factor}.`);
  }
  if (said.decide !== undefined && typeof said.decide !== "function") {
    throw new TypeError('retry.decide must be a function (attempt, error) => duration or "stop".');
  }
  const { onExhausted } = said;
  if (onExhausted !== undefined && onExhausted !== "fail" && onExhausted !== "pause") {
    throw new TypeError(`onExhausted must be "fail" or "pause", not ${JSON.stringify(onExhausted)}.`);
  }
  return {
    max,
    ...delays,
    base_ms: delayMs(said.base ?? 1_000),
    factor,
    max_ms: delayMs(said.maxDelay ?? (isTable ? RETRY_DELAY_MS_MAX : 3_600_000)),
    jitter: said.jitter ?? !isTable,
    ...(said.retryOn !== undefined && { retry_on: namesOf("retryOn", said.retryOn) }),
    ...(said.stopOn !== undefined && { stop_on: namesOf("stopOn", said.stopOn) }),
    ...(said.maxDuration !== undefined && { max_duration_ms: spanMs(said.maxDuration) }),
    ...(onExhausted !== undefined && { on_exhausted: onExhausted }),
  };
}

/** Both stand beside each other in a function and in a step. Whatever was given as `retry` is judged as it is. */
export function withOnExhausted(
  retry: RetryOptions | undefined,
  onExhausted: PolicyOptions["onExhausted"],
): PolicyOptions {
  return typeof retry === "object" && retry !== null && !Array.isArray(retry)
    ? { ...retry, onExhausted }
    : ((retry ?? { onExhausted }) as PolicyOptions);
}

function maxFor({ decide }: PolicyOptions, table: readonly number[] | undefined): number {
  if (decide !== undefined) return ATTEMPTS_MAX;
  return table === undefined ? 4 : table.length + 1;
}

function delaysOf(backoff: NonNullable<RetryOptions["backoff"]>): Pick<RetryPolicy, "backoff" | "table_ms"> {
  if (Array.isArray(backoff)) {
    const table = backoff as readonly Duration[];
    if (table.length < 1 || table.length > RETRY_TABLE_MAX) {
      throw new TypeError(
        `retry.backoff as a table has 1 to ${RETRY_TABLE_MAX} delays, not ${table.length}.`,
      );
    }
    return { backoff: "table", table_ms: table.map(delayMs) };
  }
  const name = backoff as "exponential" | "linear" | "constant";
  if (!["exponential", "linear", "constant"].includes(name)) {
    throw new TypeError(
      `retry.backoff must be "exponential", "linear", "constant" or a table of delays, not ${JSON.stringify(name)}.`,
    );
  }
  return { backoff: name };
}

/** The character NUL and half a surrogate pair are no text for the engine. */
const ERROR_NAME = /^[^\0\p{Cs}]+$/u;

function namesOf(member: string, names: readonly string[]): string[] {
  if (
    !Array.isArray(names) ||
    names.length > ERROR_NAMES_MAX ||
    names.some(
      (name) => typeof name !== "string" || !ERROR_NAME.test(name) || name.length > ID_CHARACTERS_MAX,
    )
  ) {
    throw new TypeError(
      `retry.${member} must be a list of up to ${ERROR_NAMES_MAX} names of errors, each of 1 to ${ID_CHARACTERS_MAX} characters.`,
    );
  }
  return [...names];
}

function delayMs(duration: Duration): number {
  return Math.min(Math.max(durationMs(duration), RETRY_DELAY_MS_MIN), RETRY_DELAY_MS_MAX);
}

function spanMs(duration: Duration): number {
  return Math.min(Math.max(durationMs(duration), 1), SLEEP_MS_MAX);
}

function withoutUndefined(options: PolicyOptions): PolicyOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
