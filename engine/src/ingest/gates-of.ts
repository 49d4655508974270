import { THROTTLE_UNITS_MAX } from "@durable/protocol/wire";
import type { Fact } from "../domain/expressions.ts";
import type { Gate, RunGates } from "../domain/gates.ts";
import { limitKeyOf } from "../domain/limit-key.ts";
import { type DeclaredLimit, gateFor } from "../registry/declared-limits.ts";
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
    const gate = limit.gate ?? gateByKey(limit, event());
    if (typeof gate === "string") return notStarted(id, limit.name, gate);
    (limit.unit === "step" ? step : run).push(gate);
    if (typeof limit.units === "number") {
      units = Math.max(units, limit.units);
      continue;
    }
    const cost = wholeNumberOf("what it costs (units)", limit.units, event, [1, THROTTLE_UNITS_MAX]);
    if (typeof cost === "string") return notStarted(id, limit.name, cost);
    units = cost;
  }
  return { run, step, units };
}

/** One more, which the run holds to its end. */
export function behind(gate: Gate, gates: RunGates | null): RunGates {
  return { run: [...(gates?.run ?? []), gate], step: gates?.step ?? [], units: gates?.units ?? 1 };
}

/** The gate for the value that the event has for the key, or what is wrong with that. */
function gateByKey(limit: DeclaredLimit, event: Fact): Gate | string {
  const key = limitKeyOf(limit.key!, event);
  return key.ok ? gateFor(limit, key.json) : key.problem;
}
