// Which time a chart shows, and in what steps. Pure.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const RANGES = ["1h", "6h", "24h", "7d", "30d"] as const;
export type Range = (typeof RANGES)[number];

export const RANGE: Readonly<
  Record<
    Range,
    { readonly label: string; readonly said: string; readonly ms: number; readonly stepMs: number }
  >
> = {
  "1h": { label: "1 h", said: "the last hour", ms: HOUR_MS, stepMs: MINUTE_MS },
  "6h": { label: "6 h", said: "the last 6 hours", ms: 6 * HOUR_MS, stepMs: 5 * MINUTE_MS },
  "24h": { label: "24 h", said: "the last 24 hours", ms: DAY_MS, stepMs: 15 * MINUTE_MS },
  "7d": { label: "7 d", said: "the last 7 days", ms: 7 * DAY_MS, stepMs: 2 * HOUR_MS },
  "30d": { label: "30 d", said: "the last 30 days", ms: 30 * DAY_MS, stepMs: 6 * HOUR_MS },
};

export interface Span {
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  readonly stepMs: number;
}

/** Up to the end of the step of now, so that it stays the same for as long as a step. */
export function spanOf(range: Range, nowMs: number): Span {
  const { ms, stepMs } = RANGE[range];
  const toMs = (Math.floor(nowMs / stepMs) + 1) * stepMs;
  return { fromMs: toMs - ms, toMs, stepMs };
}

/** Where every step begins. */
export function stepsOf({ fromMs, toMs, stepMs }: Span): number[] {
  return Array.from({ length: Math.round((toMs - fromMs) / stepMs) }, (_, index) => fromMs + index * stepMs);
}

/** Of rows that are there for some steps, one for each; `missing` where there is none. */
export function atSteps<Row extends { readonly at: string }, Value>(
  span: Span,
  rows: readonly Row[],
  of: (row: Row) => Value,
  missing: Value,
): Value[] {
  const values = stepsOf(span).map(() => missing);
  for (const row of rows) {
    const index = Math.floor((Date.parse(row.at) - span.fromMs) / span.stepMs);
    if (index >= 0 && index < values.length) values[index] = of(row);
  }
  return values;
}

/** As a filter of runs takes it: `after:2026-11-30T09:00:00Z before:…`. */
export function createdWithin(fromMs: number, toMs: number): string {
  const said = (ms: number) => new Date(ms).toISOString().replace(".000Z", "Z");
  return `after:${said(fromMs)} before:${said(toMs)}`;
}
