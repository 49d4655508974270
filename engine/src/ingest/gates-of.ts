import { THROTTLE_UNITS_MAX } from "@durable/protocol/wire";
import { type Fact, readExpression } from "../domain/expressions.ts";
import type { Gate, RunGates } from "../domain/gates.ts";
import { limitKeyOf } from "../domain/limit-key.ts";
import { gateOf } from "../registry/declared-limits.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import { notStarted } from "./not-started.ts";

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
    const cost = unitsOf(limit.units.cel, event());
    if (typeof cost === "string") return notStarted(id, limit.name, cost);
    units = cost;
  }
  return { run, step, units };
}

function unitsOf(cel: string, event: Fact): number | string {
  const expression = readExpression(cel, "event", "value");
  if ("problem" in expression) return `its units cannot be read: ${expression.problem}`;
  const result = expression.valueOf({ event });
  if (!result.ok) return result.detail;
  const units = typeof result.value === "bigint" ? Number(result.value) : result.value;
  if (typeof units === "number" && Number.isInteger(units) && units >= 1 && units <= THROTTLE_UNITS_MAX)
    return units;
  return `its units are ${String(units)}, and must be a whole number from 1 to ${THROTTLE_UNITS_MAX}`;
}
