import { TRIGGER_EVENT_NAME } from "@durable/protocol/wire";
import type { Begin } from "../domain/begin.ts";
import { notFound, Problem } from "../domain/problems.ts";
import type { EventAcceptor, StartedRun, Unstarted } from "../ingest/accept-events.ts";
import { boundedId } from "../ingest/bounded-id.ts";
import { findFunction, requireInput } from "../registry/function-input.ts";
import type { WorkspaceRegistry } from "../registry/workspace-registry.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import type { Database } from "../store/database.ts";
import { findEvent } from "../store/events.ts";
import { findShaped } from "../store/shaped-runs.ts";

export interface StartParts {
  readonly database: Database;
  readonly registry: Pick<WorkspaceRegistry, "of" | "forget">;
  readonly acceptEvents: Pick<EventAcceptor, "accept">;
}

export interface Start {
  readonly workspaceId: number;
  readonly functionId: string;
  /** JSON text. */
  readonly data: string;
  /** Who starts it again under the same id gets the run there is. */
  readonly id: string | null;
  /** At once when it is missing. */
  readonly begin?: Begin | undefined;
  /** Words that it is found by. */
  readonly tags?: readonly string[] | undefined;
  /** Of whoever starts it. */
  readonly traceparent?: string | null;
}

/** Starts a run of exactly this function, by an event that is its own. @throws Problem */
export async function startRun(
  { database, registry, acceptEvents }: StartParts,
  start: Start,
): Promise<StartedRun> {
  const { workspaceId, functionId, data, begin, tags, traceparent } = start;
  requireInput(await findFunction(registry, workspaceId, functionId), data, "/data");
  // Told apart by function, and from the ids of events: a caller who counts his orders may use the number for both.
  const clientId = start.id === null ? null : boundedId(`trigger:${functionId}:${start.id}`);
  const event = { clientId, name: TRIGGER_EVENT_NAME, data, timeMs: null, target: functionId };
  const result = await acceptEvents.accept(workspaceId, [{ ...event, begin, tags, traceparent }]);
  await faultPoint("ingest.before-ack");
  if (result.state === "conflict") {
    throw new Problem(
      "idempotency-conflict",
      `Nothing was started: the id ${JSON.stringify(start.id)} has started "${functionId}" before, with other data. ` +
        "The same start sent again must be the same to the byte; another one needs another id.",
      { errors: [{ pointer: "/id", detail: "is taken" }] },
    );
  }
  const [started] = result.runs;
  if (started !== undefined) return started;
  const [unstarted] = result.unstarted;
  if (unstarted !== undefined) return requireRun(unstarted);
  // Sent before. A run that one event starts has its event's id, unless a shape made it part of another.
  const eventId = clientId === null ? null : await findEvent(database, workspaceId, clientId);
  if (eventId === null) throw notFound();
  const [became] = await findShaped(database, [
    { runId: eventId, functionId, event: { workspaceId, id: eventId } },
  ]);
  const { isBorn, into, reason, detail } = became!;
  const named = { event: result.ids[0]!, function: functionId };
  return isBorn
    ? { ...named, run: eventId }
    : requireRun({ ...named, run: into, reason: reason ?? "limit", detail });
}

/** The run that it went into, or of which it is a duplicate, is as good as its own. */
function requireRun({ event, function: functionId, run, reason, detail }: Unstarted): StartedRun {
  if (run !== null && reason !== "singleton") return { event, function: functionId, run, skipped: reason };
  throw new Problem("start-skipped", `Nothing was started: ${detail}`);
}
