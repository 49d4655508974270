import { FAIRNESS_WEIGHT_MAX, PRIORITY_MAX } from "@durable/protocol/wire";
import type { Fact } from "../domain/expressions.ts";
import type { RunGates } from "../domain/gates.ts";
import { hashedUuid } from "../domain/ids.ts";
import { limitKeyOf } from "../domain/limit-key.ts";
import type { RunOrder, Tenant } from "../domain/run-order.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import { wholeNumberOf } from "./whole-number.ts";

/** When jobs of the run go, or a sentence why it cannot be told. Null: in the order in which they become ready. */
export function orderOf(
  fn: FunctionEntry,
  gates: RunGates | null,
  event: () => Fact,
): RunOrder | null | string {
  const { fairness, priority: declared } = fn.manifest;
  if (fairness === undefined && (declared === undefined || declared === 0)) return null;
  const priority = wholeNumberOf("its priority", declared ?? 0, event, [-PRIORITY_MAX, PRIORITY_MAX]);
  if (typeof priority === "string") return sentence(fn, priority);
  const tenant = fairness === undefined ? null : tenantOf(fn, fairness, gates, event());
  if (typeof tenant === "string") return sentence(fn, tenant);
  return priority === 0 && tenant === null ? null : { priority, tenant };
}

function tenantOf(
  fn: FunctionEntry,
  { key: path, weight: declared = 1 }: NonNullable<FunctionEntry["manifest"]["fairness"]>,
  gates: RunGates | null,
  event: Fact,
): Tenant | string {
  const key = limitKeyOf(path, event);
  if (!key.ok) return `its fairness could not be applied: ${key.problem}`;
  const weight = wholeNumberOf("its fairness weight", declared, () => event, [1, FAIRNESS_WEIGHT_MAX]);
  if (typeof weight === "string") return weight;
  const queueId = hashedUuid("fair", fn.id, ...placesOf(fn, path, gates));
  return { id: hashedUuid(queueId, key.json), queueId, functionId: fn.id, key: key.json, weight };
}

/** Gates at which its tenants meet: where each tenant has one of its own, they do not compete. */
function placesOf({ limits }: FunctionEntry, path: unknown, gates: RunGates | null): string[] {
  if (gates === null) return [];
  const own = JSON.stringify(path);
  const owned = new Set(limits.filter(({ key }) => JSON.stringify(key) === own).map(({ id }) => id));
  return [...gates.run, ...gates.step].filter(({ limitId }) => !owned.has(limitId)).map(({ id }) => id);
}

function sentence({ id }: FunctionEntry, problem: string): string {
  return `No run of "${id}" was started, because ${problem}.`;
}
