// A function's manifest in words: how it is held back, tried again, and ended.
import type { Concurrency, LimitKey, Manifest } from "./manifest.ts";
import { countOf, grouped, listed } from "./number.ts";
import { duration } from "./time.ts";

export function keySaidOf(key: LimitKey): string {
  return typeof key === "string" ? key : key.cel;
}

export interface Rule {
  readonly name: string;
  readonly said: string;
}

type Member = Exclude<keyof Manifest, "triggers" | "input" | "output" | "tags" | "searchable">;

/** In the order in which they act on what comes. */
const RULES: Readonly<{ [Name in Member]-?: (value: NonNullable<Manifest[Name]>) => readonly Rule[] }> = {
  idempotency: ({ key, period_ms: ms }) => [
    {
      name: "Idempotency",
      said: `One run per ${keySaidOf(key)} in ${duration(ms)}; what comes again starts none.`,
    },
  ],
  debounce: ({ period_ms: ms, max_wait_ms: most, edge, key }) => [
    {
      name: "Debounce",
      said:
        edge === "leading"
          ? `The first event starts it; those of the next ${duration(ms)}${per(key)} start none.`
          : `It waits until ${duration(ms)} were quiet${per(key)}${most === undefined ? "" : `, ${duration(most)} at most`}, and runs with the last event.`,
    },
  ],
  batch: ({ max_size: size, max_wait_ms: ms, key }) => [
    {
      name: "Batch",
      said: `Up to ${countOf(size, "event")}${per(key)} are one run; it begins ${duration(ms)} after the first at the latest.`,
    },
  ],
  rate_limit: ({ limit, period_ms: ms, on_limit: onLimit, key }) => [
    {
      name: "Rate limit",
      said: `${countOf(limit, "start")} in ${duration(ms)}${per(key)}; ${onLimit === "delay" ? "more begin later" : "more start no run"}.`,
    },
  ],
  singleton: ({ mode, key }) => [
    { name: "Singleton", said: `One run at a time${per(key)}; ${SINGLETON[mode] ?? mode}.` },
  ],
  concurrency: (value) =>
    (Array.isArray(value) ? (value as readonly Concurrency[]) : [value as Concurrency]).map(concurrencySaid),
  throttle: ({ limit, period_ms: ms, burst, key }) => [
    {
      name: "Throttle",
      said: `${countOf(limit, "start")} in ${duration(ms)}${per(key)}${burst === undefined || burst === 1 ? ", evenly" : `, up to ${grouped(burst)} at once`}; more wait.`,
    },
  ],
  fairness: ({ key }) => [
    { name: "Fairness", said: `Each ${keySaidOf(key)} has its turn, however much others bring.` },
  ],
  priority: (value) => [
    {
      name: "Priority",
      said:
        typeof value === "number"
          ? value >= 0
            ? `It goes as if it had come ${countOf(value, "second")} earlier.`
            : `It goes as if it had come ${countOf(-value, "second")} later.`
          : `It goes earlier or later by ${keySaidOf(value)}.`,
    },
  ],
  retry: (retry) => [{ name: "Retries", said: retrySaid(retry) }],
  timeouts: ({ start_ms: start, finish_ms: finish }) => [
    {
      name: "Time limits",
      said: `${listed([
        ...(start === undefined ? [] : [`it begins within ${duration(start)}`]),
        ...(finish === undefined ? [] : [`it ends within ${duration(finish)}`]),
      ])}, or it is cancelled.`.replace(/^./, (letter) => letter.toUpperCase()),
    },
  ],
  cancel_on: (events) => [
    {
      name: "Cancelled by",
      said: listed(
        events.map(({ event, if: condition }) =>
          condition === undefined ? event : `${event}, if ${condition}`,
        ),
        "or",
      ),
    },
  ],
  on_failure: (fn) => [{ name: "When it fails", said: `${fn} is started.` }],
  invokes: (functions) => [{ name: "Calls", said: listed(functions) }],
  max_duration_ms: (ms) => [
    { name: "Longest call", said: `One call of the app takes ${duration(ms)} at most.` },
  ],
  version: (version) => [{ name: "New versions", said: VERSION[version] ?? version }],
};

const SINGLETON: Readonly<Record<string, string>> = {
  skip: "what comes meanwhile starts none",
  cancel: "a new one cancels the one before",
  queue: "the next waits for its end",
};

const VERSION: Readonly<Record<string, string>> = {
  latest: "Runs under way go on with the newest code.",
  pinned: "Runs under way stay with the deployment that they began with.",
  drain: "Runs under way stay with their deployment while it answers, then go on with the newest.",
};

export function rulesSaid(manifest: Manifest): readonly Rule[] {
  return (Object.keys(RULES) as Member[]).flatMap((name) => {
    const value = manifest[name];
    return value === undefined
      ? []
      : safely(() => (RULES[name] as (value: unknown) => readonly Rule[])(value));
  });
}

/** What an app wrote in another form than was agreed has no words. */
function safely(say: () => readonly Rule[]): readonly Rule[] {
  try {
    return say();
  } catch {
    return [];
  }
}

function concurrencySaid({ limit, key, scope, unit }: Concurrency): Rule {
  const where = scope === "workspace" ? ", together with the functions that share this key" : "";
  const held = unit === "run" ? " from their first step to their end" : "";
  return {
    name: "Concurrency",
    said: `At most ${grouped(limit)} at once${per(key)}${held}${where}; more wait.`,
  };
}

function retrySaid(retry: NonNullable<Manifest["retry"]>): string {
  const {
    max,
    backoff,
    base_ms: base,
    max_ms: longest,
    table_ms: table,
    stop_on: stop = [],
    retry_on: only,
  } = retry;
  if (max === 1) return "A step that fails is not tried again.";
  const pauses =
    backoff === "table"
      ? `after ${listed((table ?? []).map(duration), "then")}`
      : backoff === "constant"
        ? `${duration(base)} apart`
        : `from ${duration(base)} to ${duration(longest)} apart, ${backoff === "exponential" ? "ever longer" : "longer each time"}`;
  const which = only === undefined ? "" : ` Only ${listed(only, "or")}.`;
  const never = stop.length === 0 ? "" : ` Never ${listed(stop, "or")}.`;
  const then = retry.on_exhausted === "pause" ? " Then the run waits for a person." : "";
  return `A step is tried ${grouped(max)} times, ${pauses}.${which}${never}${then}`;
}

function per(key: LimitKey | undefined): string {
  return key === undefined ? "" : ` per ${keySaidOf(key)}`;
}
