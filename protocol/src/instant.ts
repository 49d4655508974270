// Instants on the wire are RFC 3339 in UTC: `2026-10-21T09:00:00.000Z`. Durations are integer milliseconds, never text.

export const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z$/;

/**
 * Unix milliseconds of an instant, or null when the text is none: another offset than `Z`, a date or time that does
 * not exist, a leap second. Digits beyond the millisecond are cut off.
 */
export function parseInstant(text: string): number | null {
  const match = INSTANT.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const midnightMs = Date.parse(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`);
  // Date.parse lets 30 February roll into March; only a date that reads back the same exists.
  const date = new Date(midnightMs);
  if (date.getUTCFullYear() !== year || date.getUTCMonth() + 1 !== month || date.getUTCDate() !== day)
    return null;
  const milliseconds = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  return midnightMs + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
}

/** The instant of whole Unix milliseconds, with three digits of them. */
export function formatInstant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
