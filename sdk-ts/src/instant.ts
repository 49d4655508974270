/** A moment: a valid Date, a text of RFC 3339 with its zone, or a Temporal.Instant or ZonedDateTime. */
export type Instant = Date | string | { readonly epochMilliseconds: number };

/** Without a zone a text means another moment on every machine, and a lone number some day of 2001. */
const WITH_ZONE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/i;

/** Milliseconds since 1970; NaN for what is none. */
export function epochMsOf(instant: unknown): number {
  if (instant instanceof Date) return instant.getTime();
  if (typeof instant === "string") return WITH_ZONE.test(instant) ? Date.parse(instant) : Number.NaN;
  if (typeof instant !== "object" || instant === null) return Number.NaN;
  const { epochMilliseconds } = instant as { epochMilliseconds?: unknown };
  return typeof epochMilliseconds === "number" ? epochMilliseconds : Number.NaN;
}
