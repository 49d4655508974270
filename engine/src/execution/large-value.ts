// A value that a dispatch under way shows by its ref. Any engine process answers: it is the result of a step or the data of
// the run's event, which never change, so what it is asked for by is the id of the step, or that it is the event.

import { isStepId } from "@durable/protocol/wire";
import { isUuid } from "../domain/ids.ts";
import type { Database } from "../store/database.ts";
import { loadEventData, loadValue } from "../store/large-values.ts";
import { type DispatchState, findDispatch, type RunRef } from "../store/memo-pages.ts";
import { EVENT_REF } from "./event-by-ref.ts";

export type LargeValueEnd =
  /** `value` is JSON text. */
  | { readonly state: "value"; readonly value: string }
  | { readonly state: "unknown-value" }
  | { readonly state: Exclude<DispatchState, "live"> };

export async function largeValue(
  database: Database,
  run: RunRef,
  fence: string,
  ref: string,
): Promise<LargeValueEnd> {
  const state = await findDispatch(database, run, isUuid(fence) ? fence : null);
  if (state !== "live") return { state };
  const value = await load(database, run, ref);
  return value === null ? { state: "unknown-value" } : { state: "value", value };
}

function load(database: Database, run: RunRef, ref: string): Promise<string | null> | null {
  if (ref === EVENT_REF) return loadEventData(database, run);
  return isStepId(ref) ? loadValue(database, run, ref) : null;
}
