import { fact } from "../domain/expressions.ts";
import { termsOf } from "../domain/run-terms.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import type { Birth } from "../store/births.ts";
import { timeoutsOf } from "./event-row.ts";
import { gatesOf } from "./gates-of.ts";
import { orderOf } from "./order-of.ts";

/**
 * What a run of the function is born with that a person asks for: its gates, its place in the order, its time limits. It
 * passes no shape. Or a sentence why that cannot be told.
 * @param json The event as user code sees it.
 */
export function birthOf(fn: FunctionEntry, json: string): Birth | string {
  const event = () => fact(json);
  const gates = gatesOf(fn, event);
  if (typeof gates === "string") return gates;
  const order = orderOf(fn, gates, event);
  if (typeof order === "string") return order;
  return {
    functionVersion: fn.version,
    gates,
    order,
    timeouts: timeoutsOf(fn),
    terms: termsOf(fn.manifest, [], event),
  };
}
