import { type Fact, fact } from "../domain/expressions.ts";
import { hashedUuid, UUID_RANDOM_BYTES, uuidBeside, uuidV7 } from "../domain/ids.ts";
import { termsOf } from "../domain/run-terms.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { Clock, Random } from "../runtime/ports.ts";
import type { EventRow, RunTimeout } from "../store/event-rows.ts";
import { eventJson } from "./event-json.ts";
import type { IncomingEvent } from "./incoming-event.ts";
import { matchEvent } from "./match-event.ts";

/**
 * The rows one event becomes: itself and a run for every function it starts. `fenceFor` is asked once per run and
 * answers a fence when the run shall be born leased. An event with a target was checked by who made it.
 */
export function toEventRow(
  ports: { readonly clock: Clock; readonly random: Random },
  workspace: WorkspaceEntry,
  event: IncomingEvent,
  fenceFor: () => string | null,
  id: string = newId(ports),
): EventRow {
  const nowMs = ports.clock.epochMs();
  const row = {
    workspaceId: workspace.workspaceId,
    id,
    clientId: event.clientId,
    bodyHash: bodyHash(event),
    name: event.name,
    data: event.data,
    timeMs: event.timeMs ?? Math.floor(nowMs),
    traceparent: event.traceparent ?? null,
  };
  const json = () => eventJson(row);
  let looked: Fact | null = null;
  const look = () => (looked ??= fact(json()));
  const { starts, skips } = matchEvent(workspace, event, json);
  return {
    ...row,
    runs: starts.map(({ fn, gates, order, shapes, isPaused }) => ({
      // A trigger sent again finds its run: it has the id of its event. The others stand beside it, where those who look at the
      // event look for them.
      runId: event.target === undefined ? uuidBeside(id, ports.random.bytes(UUID_RANDOM_BYTES)) : id,
      functionId: fn.id,
      functionVersion: fn.version,
      // A gate is passed in a claim, a claim says whose turn it is and holds what is paused, and what a shape makes of it
      // shows in the commit: it cannot be born leased.
      fence:
        gates === null && !order?.tenant && shapes === null && !isPaused && event.begin === undefined
          ? fenceFor()
          : null,
      shapes,
      begin: event.begin ?? null,
      gates,
      order,
      timeouts: timeoutsOf(fn),
      terms: termsOf(fn.manifest, event.tags ?? NO_TAGS, look),
      mayBeCancelled: (fn.manifest.cancel_on ?? []).length > 0,
    })),
    skips: skips.map((skip) => ({ id: newId(ports), ...skip })),
  };
}

const NO_TAGS: readonly string[] = [];

/** Nearly all functions have none. */
export function timeoutsOf({ manifest: { timeouts } }: FunctionEntry): readonly RunTimeout[] {
  if (timeouts === undefined) return NONE;
  const { start_ms: start, finish_ms: finish } = timeouts;
  return [
    ...(start === undefined ? NONE : [{ kind: "start" as const, ms: start }]),
    ...(finish === undefined ? NONE : [{ kind: "finish" as const, ms: finish }]),
  ];
}

const NONE: readonly RunTimeout[] = [];

export function newId(ports: { readonly clock: Clock; readonly random: Random }): string {
  return uuidV7(ports.clock.epochMs(), ports.random.bytes(UUID_RANDOM_BYTES));
}

/** What makes two events under one id the same event: null where none was given. When their runs begin does not: the first says that. */
function bodyHash(event: IncomingEvent): string | null {
  if (event.clientId === null) return null;
  return hashedUuid(event.name, String(event.timeMs ?? ""), event.data);
}
