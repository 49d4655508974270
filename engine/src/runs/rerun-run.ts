import { notFound, Problem } from "../domain/problems.ts";
import type { RerunKind } from "../domain/rerun-kind.ts";
import { birthOf } from "../ingest/birth-of.ts";
import { eventJson } from "../ingest/event-json.ts";
import { newId } from "../ingest/event-row.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import { findFunction, requireInput } from "../registry/function-input.ts";
import type { WorkspaceRegistry } from "../registry/workspace-registry.ts";
import type { Ports } from "../runtime/ports.ts";
import type { BulkItemRef } from "../store/bulks.ts";
import type { Database } from "../store/database.ts";
import { type EntryNamed, loadOrigin, type Origin, type RerunStored, storeRerun } from "../store/reruns.ts";
import { findStep, type StepAsked } from "./find-step.ts";

export interface RerunParts extends Pick<Ports, "clock" | "random"> {
  readonly database: Database;
  readonly registry: Pick<WorkspaceRegistry, "of" | "forget">;
}

export interface Rerun {
  readonly workspaceId: number;
  readonly runId: string;
  readonly actor: string;
  readonly reason: string | null;
  /** `failed`: the step that it failed with; all is kept when the function's own code failed. Null: the start. */
  readonly from: StepAsked | "failed" | null;
  /** Which code runs it: what a new run would get, or what ran the origin. */
  readonly version: "newest" | "same";
  /** Another input, and what the step it begins from is given; JSON texts. */
  readonly data: string | null;
  readonly result: string | null;
  readonly isPreview: boolean;
  /** The item of a bulk that it is done for. */
  readonly item: BulkItemRef | null;
}

export interface Rerunning {
  /** Null of a preview. */
  readonly run: string | null;
  readonly origin: string;
  readonly function: string;
  readonly function_version: number;
  readonly kind: RerunKind;
  /** Results that it begins with. */
  readonly kept: number;
  /** Recorded, and runs again. */
  readonly again: readonly EntryNamed[];
  /** Open when its origin ended, and begins anew. */
  readonly anew: readonly EntryNamed[];
  /** The first step that is not kept because it was undone. */
  readonly undone: string | null;
}

/** Starts a run that goes over what another one did. That one stays as it is. @throws Problem */
export async function rerunRun(parts: RerunParts, rerun: Rerun): Promise<Rerunning> {
  const { database, registry } = parts;
  const { workspaceId, runId: originId, actor, reason, from, isPreview } = rerun;
  const origin = await loadOrigin(database, workspaceId, originId);
  if (origin === null) throw notFound();
  const fn = await findFunction(registry, workspaceId, origin.functionId);
  const { data } = rerun;
  if (data !== null) requireInput(fn, data, "/data");
  const input = data === null ? null : { eventId: newId(parts), data };
  const changed = input === null ? {} : { id: input.eventId, clientId: null, data: input.data };
  const birth = birthOf(fn, eventJson({ ...origin.event, ...changed }));
  if (typeof birth === "string") throw new Problem("start-skipped", `Nothing was started: ${birth}`);
  const stepId =
    from === null
      ? null
      : from === "failed"
        ? origin.failedStep
        : await findStep(database, workspaceId, originId, from, "/from_step");
  const placement = rerun.version === "newest" ? null : placementOf(origin, fn);
  const kind = from === null ? "rerun" : from === "failed" ? "retry" : "from-step";
  const runId = newId(parts);
  const stored = await storeRerun(database, {
    ...{ workspaceId, originId, actor, reason, runId, kind, stepId, birth, placement, input },
    ...{ result: rerun.result, isPreview, item: rerun.item },
  });
  if (stored.state !== "done") throw refused(stored, originId);
  const { kept, again, anew, undone } = stored;
  return {
    run: isPreview ? null : runId,
    origin: originId,
    function: fn.id,
    function_version: fn.version,
    ...{ kind, kept, again, anew, undone },
  };
}

/** Null: the newest is what ran it. @throws Problem when neither is. */
function placementOf({ functionId, functionVersion, deployment }: Origin, fn: FunctionEntry): string | null {
  if (deployment?.isThere) return deployment.name;
  if (fn.version === functionVersion) return null;
  const where =
    deployment === null
      ? "its app does not name its deployments"
      : `deployment ${JSON.stringify(deployment.name)}, which ran it, is gone`;
  throw new Problem(
    "version-gone",
    `The run was of version ${functionVersion} of "${functionId}", which is version ${fn.version} by now, and ${where}. Run it with the newest version.`,
  );
}

const REFUSED: Record<
  Exclude<RerunStored["state"], "done">,
  (stored: RerunStored, origin: string) => Problem
> = {
  unknown: notFound,
  taken: notFound,
  live: (_, origin) =>
    new Problem(
      "run-not-ended",
      `The run has not ended, and goes on by itself or when it is resumed. Cancel it first, or repair it where it stands: durable runs repair ${origin}.`,
    ),
  "no-step": notFound,
  "no-result": () =>
    refusedAt("/result", "needs a step that has a result of its own, and that was not undone"),
  "undo-held": ({ holder }) =>
    new Problem(
      "undo-held",
      `A step that would be kept can be undone, and run ${holder}, which was made of it before, has not ended and may do that. Wait for its end, or cancel it.`,
    ),
  batch: () => refusedAt("/data", "cannot take the place of the events of a batch; send them"),
};

function refused(stored: RerunStored, origin: string): Problem {
  return REFUSED[stored.state as Exclude<RerunStored["state"], "done">](stored, origin);
}

function refusedAt(pointer: string, detail: string): Problem {
  return new Problem("validation", `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });
}
