import { countOf, grouped } from "../../words/number.ts";

/** `1 to 99`, `at most 200 characters`; null where there is no bound to speak of. */
export function boundsSaid(min: number | null, max: number | null, unit: string | null): string | null {
  const said = (count: number) => (unit === null ? grouped(count) : countOf(count, unit));
  if (min !== null && max !== null)
    return min === max ? `exactly ${said(min)}` : `${grouped(min)} to ${said(max)}`;
  if (max !== null) return `at most ${said(max)}`;
  // One character is what everything that is there has.
  return min === null || (unit !== null && min <= 1) ? null : `at least ${said(min)}`;
}

/** For an input of a local time; null for a text that is no instant. */
export function localOfInstant(instant: string): string | null {
  const ms = Date.parse(instant);
  if (Number.isNaN(ms)) return null;
  const at = new Date(ms);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

export function instantOfLocal(local: string): string | null {
  const ms = Date.parse(local);
  return local === "" || Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
