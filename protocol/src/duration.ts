// One reading of durations that people write: "2d", "1h30m", "90s", "250ms". On the wire they are milliseconds.

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

/** Milliseconds, perhaps with a fraction; NaN for what is no duration. */
export function parseDuration(text: string): number {
  const compact = text.replaceAll(" ", "").toLowerCase();
  if (!WHOLE.test(compact)) return Number.NaN;
  let ms = 0;
  for (const [, amount, unit] of compact.matchAll(PART)) ms += Number(amount) * UNITS_MS[unit!]!;
  return ms;
}
