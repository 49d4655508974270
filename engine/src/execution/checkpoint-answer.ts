import type { CheckpointRequest } from "@durable/protocol/wire";
import { isSettled, type Outcome } from "../domain/outcome.ts";
import { loadSettledBetween, type SettledEntry } from "../store/checkpoints.ts";
import type { Database } from "../store/database.ts";
import type { RunRef } from "../store/memo-pages.ts";
import { memoEntryText } from "./memo-entry.ts";

/**
 * What settled since the app was last told, in order, as JSON text. The values that it reported itself need not come back.
 * @param known The journal's head that it is told with this.
 * @param outcome What its checkpoint brought; null when that was decided elsewhere.
 */
export async function settledSince(
  database: Database,
  run: RunRef,
  request: CheckpointRequest,
  known: number,
  outcome: Outcome | null,
): Promise<string> {
  const brought = outcome === null ? [] : outcome.steps.filter(isSettled);
  const isAll = outcome !== null && known === request.known + brought.length;
  const settled: readonly SettledEntry[] = isAll
    ? brought.map((step) => ({ ...step, stepId: step.id }))
    : await loadSettledBetween(database, run, request.known, known);
  const own = new Set((request.ops ?? []).filter(hasOwnValue).map((op) => op.id));
  const memo = settled.map((entry) =>
    memoEntryText(entry.stepId, entry.op, own.has(entry.stepId) ? { ...entry, value: null } : entry),
  );
  return `[${memo.join(",")}]`;
}

/** How long the code took that it tells of, by the app's clock: of several steps side by side, the longest. */
export function bodyMs({ ops = [] }: CheckpointRequest): number | null {
  const each = ops.flatMap((op) => (op.op === "run" && op.ms !== undefined ? [op.ms] : []));
  return each.length === 0 ? null : Math.max(...each);
}

/** Ops whose value the app made itself. */
function hasOwnValue({ op }: { readonly op: string }): boolean {
  return op === "run" || op === "group";
}
