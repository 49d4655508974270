import type { AnswerOf } from "@durable/engine/api";
import { statusesOf } from "./query-text.ts";

/** Which runs are to be acted on: those that were chosen, or all that fit the filter. */
export type BulkScope =
  | { readonly kind: "chosen"; readonly ids: readonly string[] }
  | { readonly kind: "all"; readonly text: string; readonly count: number | null };

/** From so many on a person types the number before anything happens. */
export const TYPED_FROM = 100;

/** How many fit, with the filter by status; null where that was not counted to the end. */
export function countOfAll(text: string, counts: AnswerOf<"countRuns"> | undefined): number | null {
  if (counts === undefined || !counts.is_exact) return null;
  const statuses = statusesOf(text);
  return Object.entries(counts.statuses)
    .filter(([status]) => statuses.length === 0 || statuses.includes(status))
    .reduce((sum, [, count]) => sum + (count ?? 0), 0);
}

export function filterOfScope(scope: BulkScope): { readonly ids?: string[]; readonly q?: string } {
  if (scope.kind === "chosen") return { ids: [...scope.ids] };
  return scope.text === "" ? {} : { q: scope.text };
}

export function countOfScope(scope: BulkScope): number | null {
  return scope.kind === "chosen" ? scope.ids.length : scope.count;
}
