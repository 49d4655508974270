import type { BrokenExpression, Expression, Fact } from "../domain/expressions.ts";
import type { Listener } from "../registry/listeners.ts";

/**
 * True when one holds, false when none does. When none holds and one could not be evaluated: why, for nobody knows then
 * whether the event was meant, so it neither starts a run nor is it forgotten.
 */
export function passes(filters: NonNullable<Listener["filters"]>, event: Fact): true | false | string {
  let failure: string | null = null;
  for (const filter of filters) {
    const result = evaluate(filter, event);
    if (result.ok && result.value) return true;
    if (!result.ok) failure ??= result.detail;
  }
  return failure ?? false;
}

/** Sync refuses what cannot be read; an older engine may have let it pass. */
function evaluate(filter: Expression | BrokenExpression, event: Fact) {
  return "problem" in filter
    ? ({ ok: false, detail: `The trigger's expression cannot be read: ${filter.problem}.` } as const)
    : filter.evaluate({ event });
}
