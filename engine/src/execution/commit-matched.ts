import type { Effect, Outcome, SentEvent } from "../domain/outcome.ts";
import { dispatchTraceparent } from "../domain/trace-context.ts";
import { toEventRow } from "../ingest/event-row.ts";
import type { WorkspaceEntry, WorkspaceRegistry } from "../registry/workspace-registry.ts";
import type { Ports } from "../runtime/ports.ts";
import type { CommitItem, CommitResult } from "../store/commit-item.ts";
import { type EventRow, EventRows } from "../store/event-rows.ts";
import type { CommitEnd, Committer } from "./committer.ts";
import { NOBODY, othersOf, type SentTo } from "./sent-across.ts";

export interface CommitParts extends Pick<Ports, "clock" | "random"> {
  readonly registry: Pick<WorkspaceRegistry, "of" | "forget">;
  readonly committer: Pick<Committer<CommitItem, CommitResult>, "commit">;
}

export interface Committed {
  readonly end: CommitEnd<CommitResult>;
  /** What was decided; or with steps failed that invoke what another app no longer allows. */
  readonly outcome: Outcome;
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
): Promise<Committed> {
  const decided = withTrace(item, traceparent);
  const isAcross = decided.sends.some(({ across }) => across !== undefined);
  for (let matched = workspace; ; ) {
    const to = isAcross ? await othersOf(parts.registry, workspace, decided) : NOBODY;
    const outcome = to.outcome ?? decided;
    const events = outcome.sends.length === 0 ? null : sentRows(parts, matched, outcome.sends, workspace, to);
    const written = events === null ? outcome : withMatched(outcome, events, to);
    const end = await parts.committer.commit({ ...item, outcome: written, events });
    if (end.state !== "stale") return { end, outcome: to.outcome ?? item.outcome };
    for (const id of [workspace.workspaceId, ...to.entries.keys()]) parts.registry.forget(id);
    matched = await parts.registry.of(workspace.workspaceId);
  }
}

function withTrace(
  { outcome, runId, fence }: Omit<CommitItem, "events">,
  traceparent: string | null,
): Outcome {
  if (outcome.sends.length === 0) return outcome;
  const own = dispatchTraceparent({ runId, traceparent }, fence);
  return { ...outcome, sends: outcome.sends.map((sent) => ({ ...sent, traceparent: own })) };
}

function sentRows(
  parts: CommitParts,
  workspace: WorkspaceEntry,
  sends: readonly SentEvent[],
  decidedIn: WorkspaceEntry,
  to: SentTo,
): EventRows {
  const rows = new EventRows();
  for (const sent of sends) {
    if (sent.across !== undefined) {
      const other = to.entries.get(sent.across.workspaceId)!;
      rows.add(
        toEventRow(parts, other, sent, () => null, sent.eventId),
        0,
        other.version,
      );
      continue;
    }
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
function withMatched(outcome: Outcome, { entries }: EventRows, to: SentTo): Outcome {
  const effects = entries.flatMap(({ row }) => {
    const workspace = to.entries.has(row.workspaceId) ? row.workspaceId : undefined;
    return [...skipsOf(row, workspace), ...timeoutsOf(row, workspace)];
  });
  const own = to.entries.size === 0 ? outcome.effects : withVersions(outcome.effects, to);
  return effects.length === 0 && own === outcome.effects
    ? outcome
    : { ...outcome, effects: [...own, ...effects] };
}

/** What another app allows is held against the version of its registry in which it was looked up. */
function withVersions(effects: readonly Effect[], { entries }: SentTo): readonly Effect[] {
  return effects.map((effect) => {
    if (effect.kind !== "child") return effect;
    const child = JSON.parse(effect.data) as { readonly workspace?: number };
    const version = entries.get(child.workspace!)?.version;
    return version === undefined ? effect : { ...effect, data: JSON.stringify({ ...child, version }) };
  });
}

/** @param workspace Where it belongs, if that is not the run's own. */
function skipsOf({ id: event, clientId: client, skips }: EventRow, workspace: number | undefined): Effect[] {
  return skips.map(({ id, functionId, reason, detail, facts }) => ({
    kind: "skip",
    stepId: null,
    data: JSON.stringify({ id, event, client, function: functionId, reason, detail, facts, workspace }),
  }));
}

function timeoutsOf(
  { id: event, clientId: client, runs }: EventRow,
  workspace: number | undefined,
): Effect[] {
  return runs.flatMap(({ runId, timeouts }) =>
    timeouts.map(({ kind, ms }) => ({
      kind: "timeout",
      stepId: null,
      data: JSON.stringify({ run: runId, event, client, kind, ms, workspace }),
    })),
  );
}
