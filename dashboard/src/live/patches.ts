// What a patch changes in the answers that are in the cache. Pure: in a state and a patch, out a state, the same one when nothing changed.
import type { AnswerOf } from "@durable/engine/api";
import type { Patch } from "./messages.ts";

type Runs = AnswerOf<"listRuns">;
export type RunListed = Runs["runs"][number];
export type Run = AnswerOf<"getRun">;
type Step = Run["steps"][number];

/** A page of a list: runs that changed change in place. Those that are not on the page are no matter of a page's. */
export function patchRuns(page: Runs, patches: readonly Patch[]): Runs {
  let hasChanged = false;
  const runs = page.runs.map((run) => {
    const changed = patches.reduce(patchRunListed, run);
    hasChanged ||= changed !== run;
    return changed;
  });
  return hasChanged ? { ...page, runs } : page;
}

function patchRunListed(run: RunListed, { id, rev, patch }: Patch): RunListed {
  return patch === null || run.id !== id || run.rev >= rev ? run : { ...run, ...patch, rev };
}

/** A run with its steps: of a patch the members are whole, and the steps are those that changed. */
export function patchRun(run: Run, patches: readonly Patch[]): Run {
  let patched = run;
  const changedSteps: Step[] = [];
  for (const { id, rev, patch } of patches) {
    if (patch === null || patched.id !== id || patched.rev >= rev) continue;
    const { steps, ...members } = patch as Partial<Run>;
    patched = { ...patched, ...members, rev };
    changedSteps.push(...(steps ?? []));
  }
  return changedSteps.length === 0 ? patched : { ...patched, steps: mergeSteps(run.steps, changedSteps) };
}

/** Settled ones in the order of the journal, then what is pending, in the order in which it was asked for. */
export function mergeSteps(known: readonly Step[], changed: readonly Step[]): Step[] {
  const byId = new Map(known.map((step) => [step.id, step]));
  for (const step of changed) byId.set(step.id, step);
  const all = [...byId.values()];
  const settled = all.filter(({ seq }) => seq !== null).sort((a, b) => a.seq! - b.seq!);
  return [...settled, ...all.filter(({ seq }) => seq === null)];
}
