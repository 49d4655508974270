import { fact } from "../domain/expressions.ts";
import { notFound, Problem } from "../domain/problems.ts";
import { eventJson } from "../ingest/event-json.ts";
import { newId, timeoutsOf } from "../ingest/event-row.ts";
import { gatesOf } from "../ingest/gates-of.ts";
import type { WorkspaceRegistry } from "../registry/workspace-registry.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import { findSkip, startSkipped } from "../store/skips.ts";

export interface RunSkipParts extends Pick<Ports, "clock" | "random"> {
  readonly database: Database;
  readonly registry: Pick<WorkspaceRegistry, "of" | "forget">;
}

/** Makes a run of an event that became none: past the shapes of its function, at its gates. Twice is once. @throws Problem */
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
  const json = eventJson({ ...event, workspaceId, bodyHash: null });
  const gates = gatesOf(fn, () => fact(json));
  if (typeof gates === "string") throw refused(gates);
  const run = await startSkipped(database, workspaceId, skipId, actor, {
    runId: newId({ clock, random }),
    functionVersion: fn.version,
    gates,
    timeouts: timeoutsOf(fn),
  });
  if (run === null) throw notFound();
  return { run, function: functionId };
}

function refused(why: string): Problem {
  return new Problem("skip-not-runnable", `No run can come of this skip: ${why}`);
}
