import { THROTTLE_UNITS_MAX } from "@durable/protocol/wire";
import type { Fact } from "../domain/expressions.ts";
import type { Gate, RunGates } from "../domain/gates.ts";
import { limitKeyOf } from "../domain/limit-key.ts";
import { gateOf } from "../registry/declared-limits.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import { notStarted } from "./not-started.ts";
import { wholeNumberOf } from "./whole-number.ts";

/** The gates that a run of the function must pass, or a sentence why they cannot be told. Null: it has no limits. */
export function gatesOf({ id, limits }: FunctionEntry, event: () => Fact): RunGates | null | string {
  if (limits.length === 0) return null;
  const run: Gate[] = [];
  const step: Gate[] = [];
  let units = 1;
  for (const limit of limits) {
    const key = limit.key === null ? null : limitKeyOf(limit.key, event());
    if (key !== null && !key.ok) return notStarted(id, limit.name, key.problem);
    (limit.unit === "step" ? step : run).push(gateOf(limit, key === null ? null : key.json));
    if (typeof limit.units === "number") {
      units = Math.max(units, limit.units);
      continue;
    }
    const cost = wholeNumberOf("its units", limit.units, event, [1, THROTTLE_UNITS_MAX]);
    if (typeof cost === "string") return notStarted(id, limit.name, cost);
    units = cost;
  }
  return { run, step, units };
}
