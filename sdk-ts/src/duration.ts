import { parseDuration } from "@durable/protocol/wire";

// One reading of durations, everywhere: "2d", "1h30m", "90s", "250ms", milliseconds, or a Temporal.Duration.

/** `"2d"`, `"1h 30m"`, `"90s"`, milliseconds, or anything with `total("milliseconds")`, such as a Temporal.Duration. */
export type Duration = number | string | { total(unit: "milliseconds"): number };

/** Milliseconds, whole and not negative. @throws TypeError that names the accepted forms for anything else. */
export function durationMs(duration: Duration): number {
  const ms = read(duration);
  if (Number.isFinite(ms) && ms >= 0) return Math.round(ms);
  throw new TypeError(
    `${show(duration)} is no duration. Write "2d", "1h30m", "90s", "250ms", a number of milliseconds, or pass a Temporal.Duration.`,
  );
}

/** Of one attempt: at least 1 ms, for what has no time is never done. @throws TypeError */
export function attemptMs(timeout: Duration): number {
  const ms = durationMs(timeout);
  if (ms >= 1) return ms;
  throw new TypeError(
    `a timeout of ${show(timeout)} leaves no time at all. Leave it out where there is none.`,
  );
}

function read(duration: Duration): number {
  if (typeof duration === "number") return duration;
  if (typeof duration === "string") return parseDuration(duration);
  if (typeof duration?.total !== "function") return Number.NaN;
  return duration.total("milliseconds");
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
