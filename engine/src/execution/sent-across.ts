// Children in other apps, at the moment at which they are committed. Whether the other app allows it was asked when the answer
// was decided; a person may have taken that back since. So it is asked again of the very version of its registry that the
// commit is held against, and a step that may no longer fails as if it had never been allowed.

import type { Outcome, SentEvent } from "../domain/outcome.ts";
import { openTo } from "../registry/open-app.ts";
import type { WorkspaceEntry, WorkspaceRegistry } from "../registry/workspace-registry.ts";
import { failureOf, foreignApp } from "./decide-invoke.ts";

export interface SentTo {
  /** The workspaces that it is sent to beside its own. */
  readonly entries: ReadonlyMap<number, WorkspaceEntry>;
  /** With the steps failed that may no longer. Null: all may. */
  readonly outcome: Outcome | null;
}

export const NOBODY: SentTo = { entries: new Map(), outcome: null };

export async function othersOf(
  registry: Pick<WorkspaceRegistry, "of">,
  { app, environment }: WorkspaceEntry,
  decided: Outcome,
): Promise<SentTo> {
  const entries = new Map<number, WorkspaceEntry>();
  let outcome: Outcome | null = null;
  for (const sent of decided.sends) {
    if (sent.across === undefined) continue;
    const { workspaceId } = sent.across;
    const entry = entries.get(workspaceId) ?? (await registry.of(workspaceId));
    entries.set(workspaceId, entry);
    // A function that is gone is refused, too: its app is somebody else's, and nobody there waits for this.
    if (openTo(entry, app)?.functions.has(sent.target!) === true) continue;
    outcome = withoutChild(outcome ?? decided, sent, entry.app, { app, environment });
  }
  return { entries, outcome };
}

function withoutChild(
  outcome: Outcome,
  { eventId, target, across }: SentEvent,
  other: string,
  { app, environment }: Pick<WorkspaceEntry, "app" | "environment">,
): Outcome {
  const { stepId } = across!;
  return {
    ...outcome,
    // A run that was to wait has something new to tell its code.
    kind: outcome.kind === "wait" ? "requeue" : outcome.kind,
    sends: outcome.sends.filter((sent) => sent.eventId !== eventId),
    effects: outcome.effects.filter((effect) => effect.kind !== "child" || effect.stepId !== stepId),
    steps: outcome.steps.map((step) => {
      if (step.id !== stepId) return step;
      const refusal = foreignApp(app, environment, { name: step.name, fn: target!, app: other });
      return { ...step, status: "err", value: null, failure: failureOf(refusal), dueMs: null };
    }),
  };
}
