import type { Gate } from "../domain/gates.ts";
import { overlapGate } from "../domain/overlap.ts";
import { notFound, Problem } from "../domain/problems.ts";
import { birthOf } from "../ingest/birth-of.ts";
import { eventJson } from "../ingest/event-json.ts";
import { newId } from "../ingest/event-row.ts";
import { behind } from "../ingest/gates-of.ts";
import type { WorkspaceRegistry } from "../registry/workspace-registry.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import { findSchedule } from "../store/schedules.ts";
import { findSkip, startSkipped } from "../store/skips.ts";
import { scheduleOfTick } from "./tick.ts";

export interface RunSkipParts extends Pick<Ports, "clock" | "random"> {
  readonly database: Database;
  readonly registry: Pick<WorkspaceRegistry, "of" | "forget">;
}

/**
 * Makes a run of an event that became none: past the conditions and shapes of its function, at its gates, in its turn. Twice
 * is once.
 * @throws Problem
 */
export async function runSkip(
  { clock, random, database, registry }: RunSkipParts,
  {
    workspaceId,
    skipId,
    actor,
  }: { readonly workspaceId: number; readonly skipId: string; readonly actor: string },
): Promise<{ readonly run: string; readonly function: string }> {
  const skip = await findSkip(database, workspaceId, skipId);
  if (skip === null) throw notFound();
  const { functionId, event, reason, startedRun } = skip;
  if (startedRun !== null) return { run: startedRun, function: functionId };
  if (reason === "cancel-on") throw refused("it says why a run was not cancelled, and that run is there");
  registry.forget(workspaceId);
  const fn = (await registry.of(workspaceId)).functions.get(functionId);
  if (fn === undefined) throw refused(`the app has no function "${functionId}" any more`);
  if (reason === "missed" && event.clientId === null) throw refused(backfill(event.data));
  const birth = birthOf(fn, eventJson(event));
  if (typeof birth === "string") throw refused(birth);
  const apart = await overlapGateOf(database, workspaceId, event.clientId);
  const gates = apart === null ? birth.gates : behind(apart, birth.gates);
  const runId = newId({ clock, random });
  const run = await startSkipped(database, workspaceId, skipId, actor, { runId, birth: { ...birth, gates } });
  if (run === null) throw notFound();
  return { run, function: functionId };
}

/** A tick keeps apart from the other runs of its schedule, as the schedule has it now. */
async function overlapGateOf(
  database: Database,
  workspaceId: number,
  clientId: string | null,
): Promise<Gate | null> {
  const scheduleId = clientId === null ? null : scheduleOfTick(clientId);
  const schedule = scheduleId === null ? null : await findSchedule(database, workspaceId, scheduleId);
  return schedule === null || schedule.overlap === "allow" ? null : overlapGate(schedule.id);
}

/** @param data Of the one event for all the ticks of an outage. */
function backfill(data: string): string {
  const { schedule, from, to } = JSON.parse(data) as Record<string, string>;
  return `it stands for many ticks. Start those with: durable schedules backfill ${schedule} ${from} ${to}`;
}

function refused(why: string): Problem {
  return new Problem("skip-not-runnable", `No run can come of this skip: ${why}`);
}
