// Stretches in which nothing but waiting goes on: asleep, waiting for an event or a person, pausing before a retry, paused. A run that
// sleeps for three days and works for a second is one second long to who looks for what it did.
import type { Phase } from "../words/phase.ts";
import type { Forest } from "./forest.ts";
import { readPhase, type Trace } from "./span.ts";

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

const IDLE: ReadonlySet<Phase> = new Set(["wait", "sleep", "retry", "begin", "paused"]);

/** From the partition of the run's time; where there is none, from what is known of its spans. `endMs`: its end, or now. */
export function idleStretches(trace: Trace, forest: Forest, endMs: number): Stretch[] {
  const phases = trace.time?.phases;
  const busy: readonly { readonly fromMs: number; readonly toMs: number | null }[] = phases
    ? phases.map(readPhase).filter(({ phase }) => !IDLE.has(phase))
    : forest.spans.flatMap((span): { fromMs: number; toMs: number | null }[] =>
        span.kind === "child"
          ? [{ fromMs: span.startMs, toMs: span.endMs }]
          : span.phases.filter(({ phase }) => !IDLE.has(phase)),
      );
  return gaps(
    busy.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs ?? endMs })),
    trace.startMs,
    endMs,
  );
}

/** Of a run that waited for so much of its time, what it did is too thin to see. */
const MOSTLY = 0.75;
/** More are no longer an interruption of a time axis, but its rhythm. */
const STRETCHES_MAX = 10;

/** Whether it is better looked at without them, unless somebody says otherwise. */
export function isMostlyIdle(idle: readonly Stretch[], totalMs: number): boolean {
  const idleMs = idle.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return idle.length <= STRETCHES_MAX && idleMs > MOSTLY * totalMs;
}

/** What the stretches leave of the time between. */
export function gaps(busy: readonly Stretch[], fromMs: number, toMs: number): Stretch[] {
  const found: Stretch[] = [];
  let coveredMs = fromMs;
  for (const each of busy.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (each.fromMs > coveredMs) found.push({ fromMs: coveredMs, toMs: Math.min(each.fromMs, toMs) });
    coveredMs = Math.max(coveredMs, each.toMs);
    if (coveredMs >= toMs) return found;
  }
  if (coveredMs < toMs) found.push({ fromMs: coveredMs, toMs });
  return found;
}
