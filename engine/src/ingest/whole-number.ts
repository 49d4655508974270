import type { LimitKey } from "@durable/protocol/wire";
import { type Fact, readExpression } from "../domain/expressions.ts";
import { valueAt, withoutEnd } from "../domain/limit-key.ts";

/** A number that a function declares, or tells from the event: itself, or a sentence without an end why there is none. */
export function wholeNumberOf(
  what: string,
  declared: number | LimitKey,
  event: () => Fact,
  [min, max]: readonly [number, number],
): number | string {
  if (typeof declared === "number") return declared;
  if (typeof declared === "string") {
    const { data } = event().value() as { readonly data: unknown };
    return bounded(what, valueAt(data, declared), min, max);
  }
  const expression = readExpression(declared.cel, "event", "value");
  if ("problem" in expression) return `${what} cannot be read: ${expression.problem}`;
  const result = expression.valueOf({ event: event() });
  return result.ok ? bounded(what, result.value, min, max) : withoutEnd(result.detail);
}

function bounded(what: string, value: unknown, min: number, max: number): number | string {
  const number = typeof value === "bigint" ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number) && number >= min && number <= max) return number;
  const shown = value === undefined ? "missing" : JSON.stringify(number)?.slice(0, 100);
  return `${what} is ${shown}, and must be a whole number from ${min} to ${max.toLocaleString("en-US")}`;
}
