import type { Effect, Outcome, SentEvent } from "../domain/outcome.ts";
import { dispatchTraceparent } from "../domain/trace-context.ts";
import { toEventRow } from "../ingest/event-row.ts";
import type { WorkspaceEntry, WorkspaceRegistry } from "../registry/workspace-registry.ts";
import type { Ports } from "../runtime/ports.ts";
import { type EventRow, EventRows } from "../store/event-rows.ts";
import type { CommitItem, CommitResult } from "../store/outcomes.ts";
import type { CommitEnd, Committer } from "./committer.ts";

export interface CommitParts extends Pick<Ports, "clock" | "random"> {
  readonly registry: Pick<WorkspaceRegistry, "of" | "forget">;
  readonly committer: Pick<Committer<CommitItem, CommitResult>, "commit">;
}

/**
 * Functions may change between our match of its sent events and the commit: then the commit says so and we match again.
 * @param traceparent What the run's event came with: what is sent goes on with the run's trace.
 */
export async function commitUntilMatched(
  parts: CommitParts,
  workspace: WorkspaceEntry,
  item: Omit<CommitItem, "events">,
  traceparent: string | null,
): Promise<CommitEnd<CommitResult>> {
  const sends = withTrace(item, traceparent);
  for (let matched = workspace; ; ) {
    const events = sends.length === 0 ? null : sentRows(parts, matched, sends, workspace);
    const outcome = events === null ? item.outcome : withMatched(item.outcome, events);
    const end = await parts.committer.commit({ ...item, outcome, events });
    if (end.state !== "stale") return end;
    parts.registry.forget(workspace.workspaceId);
    matched = await parts.registry.of(workspace.workspaceId);
  }
}

function withTrace(
  { outcome: { sends }, runId, fence }: Omit<CommitItem, "events">,
  traceparent: string | null,
): readonly SentEvent[] {
  if (sends.length === 0) return sends;
  const own = dispatchTraceparent({ runId, traceparent }, fence);
  return sends.map((sent) => ({ ...sent, traceparent: own }));
}

function sentRows(
  parts: CommitParts,
  workspace: WorkspaceEntry,
  sends: readonly SentEvent[],
  decidedIn: WorkspaceEntry,
): EventRows {
  const rows = new EventRows();
  for (const sent of sends) {
    // A function that went away since the outcome was decided still gets its run: somebody waits for what becomes of it.
    const isGone = sent.target !== undefined && !workspace.functions.has(sent.target);
    rows.add(
      toEventRow(parts, isGone ? decidedIn : workspace, sent, () => null, sent.eventId),
      0,
      workspace.version,
    );
  }
  return rows;
}

/** What comes of the events it sends is found when they are matched, after the outcome was decided. */
function withMatched(outcome: Outcome, { entries }: EventRows): Outcome {
  const effects = entries.flatMap(({ row }) => [...skipsOf(row), ...timeoutsOf(row)]);
  return effects.length === 0 ? outcome : { ...outcome, effects: [...outcome.effects, ...effects] };
}

function skipsOf({ id: event, clientId: client, skips }: EventRow): Effect[] {
  return skips.map(({ id, functionId, reason, detail, facts }) => ({
    kind: "skip",
    stepId: null,
    data: JSON.stringify({ id, event, client, function: functionId, reason, detail, facts }),
  }));
}

function timeoutsOf({ id: event, clientId: client, runs }: EventRow): Effect[] {
  return runs.flatMap(({ runId, timeouts }) =>
    timeouts.map(({ kind, ms }) => ({
      kind: "timeout",
      stepId: null,
      data: JSON.stringify({ run: runId, event, client, kind, ms }),
    })),
  );
}
