import type { StreamPatch } from "../../http/contract/streams.ts";
import type { AnswerOf } from "../../http/contract/table.ts";

type Run = AnswerOf<"getRun">;
type Step = Run["steps"][number];

/** A run as it is after a patch of `run:{id}`, which brings the steps that changed. */
export function patchedRun(before: Run | null, { rev, patch }: StreamPatch): Run {
  const now = patch as unknown as Run;
  if (before === null) return now;
  if (rev < before.rev) return before;
  const steps = new Map(before.steps.map((step): [string, Step] => [step.id, step]));
  for (const step of now.steps) steps.set(step.id, step);
  return { ...now, steps: [...steps.values()].sort((a, b) => orderOf(a) - orderOf(b)) };
}

/** As in the journal, then what is not settled. */
function orderOf({ seq }: Step): number {
  return seq ?? Number.MAX_SAFE_INTEGER;
}
