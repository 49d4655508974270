// What a patch changes in the answers that are in the cache. Pure: in a state and a patch, out a state, the same one when nothing changed.
import type { AnswerOf } from "@durable/engine/api";
import type { Patch } from "./messages.ts";

type Runs = AnswerOf<"listRuns">;
export type RunListed = Runs["runs"][number];
export type Run = AnswerOf<"getRun">;
type Step = Run["steps"][number];

/** A page of a list: the run that changed changes in place. Runs that are not on the page are no matter of a page's. */
export function patchRuns(page: Runs, { id, rev, patch }: Patch): Runs {
  if (patch === null) return page;
  let changed = false;
  const runs = page.runs.map((run) => {
    if (run.id !== id || run.rev >= rev) return run;
    changed = true;
    return { ...run, ...patch, rev } as RunListed;
  });
  return changed ? { ...page, runs } : page;
}

/** A run with its steps: of a patch the members are whole, and the steps are those that changed. */
export function patchRun(run: Run, { id, rev, patch }: Patch): Run {
  if (patch === null || run.id !== id || run.rev >= rev) return run;
  const { steps, ...members } = patch as Partial<Run>;
  return { ...run, ...members, rev, steps: steps === undefined ? run.steps : mergeSteps(run.steps, steps) };
}

/** Settled ones in the order of the journal, then what is pending, in the order in which it was asked for. */
export function mergeSteps(known: readonly Step[], changed: readonly Step[]): Step[] {
  const byId = new Map(known.map((step) => [step.id, step]));
  for (const step of changed) byId.set(step.id, step);
  const all = [...byId.values()];
  const settled = all.filter(({ seq }) => seq !== null).sort((a, b) => a.seq! - b.seq!);
  return [...settled, ...all.filter(({ seq }) => seq === null)];
}
