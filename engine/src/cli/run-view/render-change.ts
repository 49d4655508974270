import { fit, oneLine } from "../terminal/fit.ts";
import { PLAIN } from "../terminal/paint.ts";
import { type Drawing, describeStep } from "./render-step.ts";
import { hasEnded, type RunView, type StepView } from "./run-view.ts";

/**
 * For logs and pipes, where nothing can be redrawn: one line per thing that changed between two looks at a run, and
 * none while only time passes.
 */
export function renderChanges(before: RunView | null, now: RunView, drawing: Drawing): string[] {
  const lines: string[] = [];
  if (before === null) lines.push(`run ${now.id} of ${now.functionId} started`);
  const seen = new Map(before?.steps.map((step) => [step.id, step]));
  for (const step of now.steps) {
    if (!isNews(seen.get(step.id), step)) continue;
    const { mark, name, what } = describeStep(step, { ...drawing, paint: PLAIN });
    lines.push(`  ${mark} ${name}: ${what}`);
  }
  if (now.retry !== null && now.retry.dueAtMs !== before?.retry?.dueAtMs) {
    lines.push(`  ↻ your app is called again: ${oneLine(now.retry.failure)}`);
  }
  if (before?.status !== now.status) lines.push(...ending(now));
  return lines.map((line) => fit(line, 400));
}

function isNews(before: StepView | undefined, now: StepView): boolean {
  return before === undefined || before.status !== now.status || before.attempt !== now.attempt;
}

function ending(run: RunView): string[] {
  if (run.status === "paused")
    return [`run ${run.id} of ${run.functionId} paused: ${oneLine(run.failure ?? "")}`];
  if (!hasEnded(run)) return [];
  const said = run.status === "completed" ? run.output : run.failure;
  return [`run ${run.id} of ${run.functionId} ${run.status}${said === null ? "" : `: ${oneLine(said)}`}`];
}
