// A value that a dispatch under way shows by its ref. Any engine process answers: it is the result of a step, which never
// changes, so what it is asked for by is the id of the step.

import { isStepId } from "@durable/protocol/wire";
import { isUuid } from "../domain/ids.ts";
import type { Database } from "../store/database.ts";
import { loadValue } from "../store/large-values.ts";
import { type DispatchState, findDispatch } from "../store/memo-pages.ts";

export type LargeValueEnd =
  /** `value` is JSON text. */
  | { readonly state: "value"; readonly value: string }
  | { readonly state: "unknown-value" }
  | { readonly state: Exclude<DispatchState, "live"> };

export async function largeValue(
  database: Database,
  run: { readonly workspaceId: number; readonly runId: string },
  fence: string,
  ref: string,
): Promise<LargeValueEnd> {
  const state = await findDispatch(database, run, isUuid(fence) ? fence : null);
  if (state !== "live") return { state };
  const value = isStepId(ref) ? await loadValue(database, run, ref) : null;
  return value === null ? { state: "unknown-value" } : { state: "value", value };
}
