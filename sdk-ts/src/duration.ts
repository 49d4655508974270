// One reading of durations, everywhere: "2d", "1h30m", "90s", "250ms", milliseconds, or a Temporal.Duration.

/** `"2d"`, `"1h 30m"`, `"90s"`, milliseconds, or anything with `total("milliseconds")`, such as a Temporal.Duration. */
export type Duration = number | string | { total(unit: "milliseconds"): number };

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const WHOLE = /^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/g;

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
  if (typeof duration === "string") return parse(duration);
  if (typeof duration?.total !== "function") return Number.NaN;
  return duration.total("milliseconds");
}

function parse(text: string): number {
  const compact = text.replaceAll(" ", "").toLowerCase();
  if (!WHOLE.test(compact)) return Number.NaN;
  let ms = 0;
  for (const [, amount, unit] of compact.matchAll(PART)) ms += Number(amount) * UNITS_MS[unit!]!;
  return ms;
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
