// What a chart needs to know of its numbers before it draws. Pure.

const DAY_S = 86_400;

/** Running sums over the series, the first at the bottom: where each ends. What is not known counts as nothing. */
export function stack(series: readonly (readonly (number | null)[])[]): number[][] {
  const sums: number[][] = [];
  for (const values of series) {
    const below = sums.at(-1);
    sums.push(values.map((value, index) => (value ?? 0) + (below?.[index] ?? 0)));
  }
  return sums;
}

/** Under an axis of time: hours, and the day where one begins. Seconds in. */
export function axisTimes(splits: readonly number[], incrementS: number, timeZone?: string): string[] {
  const zone = timeZone === undefined ? {} : { timeZone };
  const day = new Intl.DateTimeFormat("en-GB", { ...zone, day: "numeric", month: "short" });
  const time = new Intl.DateTimeFormat("en-GB", {
    ...zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(incrementS < 60 ? { second: "2-digit" } : {}),
  });
  return splits.map((second, index) => {
    const today = day.format(second * 1_000);
    if (incrementS >= DAY_S) return today;
    const before = splits[index - 1];
    return before !== undefined && day.format(before * 1_000) !== today ? today : time.format(second * 1_000);
  });
}

/** Steps of an axis of things that are counted: there is no half a run. */
export const WHOLE_STEPS: readonly number[] = Array.from({ length: 10 }, (_, power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
).flat();

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Steps of an axis of durations, in milliseconds: those that are said in one unit. */
export const TIME_STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 5, 10, 20, 50, 100].map((days) => days * DAY_MS),
];

/** `0`, `200 ms`, `15 s`, `90 s`, `5 min`, `36 h`: as an axis of those steps has them. */
export function axisDuration(ms: number): string {
  if (ms === 0) return "0";
  if (ms < SECOND_MS) return `${ms} ms`;
  if (ms % MINUTE_MS !== 0) return `${ms / SECOND_MS} s`;
  if (ms % HOUR_MS !== 0) return `${ms / MINUTE_MS} min`;
  return ms % DAY_MS === 0 ? `${ms / DAY_MS} d` : `${ms / HOUR_MS} h`;
}

/** Values that stand alone: a line has nothing to lead to, so they are drawn as points. */
export function lonely(values: ArrayLike<number | null | undefined>): number[] {
  const isThere = (index: number) => values[index] !== null && values[index] !== undefined;
  return Array.from(values, (_, index) => index).filter(
    (index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1),
  );
}

/** The lowest index, among equals, at which a series is highest; null when nothing is there. */
export function peakOf(values: readonly (number | null)[]): number | null {
  let peak: number | null = null;
  for (const [index, value] of values.entries()) {
    if (value !== null && (peak === null || value > values[peak]!)) peak = index;
  }
  return peak;
}
