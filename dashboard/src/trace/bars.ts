// What is drawn of a span: phase after phase. A step is drawn as its tries with the pauses between them, a sleep as a sleep.
import type { Phase } from "../words/phase.ts";
import type { Forest } from "./forest.ts";
import type { Bar, Span, SpanKind } from "./span.ts";

const WHOLE: Readonly<Partial<Record<SpanKind, Phase>>> = {
  sleep: "sleep",
  wait: "wait",
  child: "child",
  limit: "limit",
};

/** @param openPhase What is known of a step that goes on: its tries are told when they are over. */
export function barsOf(forest: Forest, at: number, openPhase: Phase = "idle"): readonly Bar[] {
  const span = forest.spans[at]!;
  const whole = WHOLE[span.kind];
  if (whole !== undefined) return [bar(whole, span.startMs, span.endMs)];
  const tries = forest.attemptsOf.get(at);
  if (tries === undefined || span.kind === "attempt") return withOpenEnd(span, span.phases, openPhase);
  const bars: Bar[] = [];
  for (const each of tries) {
    const { startMs, status, phases } = forest.spans[each]!;
    if (status === "late") continue;
    const lastMs = bars.at(-1)?.toMs;
    if (lastMs !== undefined && lastMs !== null && startMs > lastMs) bars.push(bar("retry", lastMs, startMs));
    bars.push(...phases);
  }
  return withOpenEnd(span, bars, openPhase);
}

function withOpenEnd(span: Span, bars: readonly Bar[], phase: Phase): readonly Bar[] {
  const { startMs, endMs, status } = span;
  if (endMs !== null) return bars.length > 0 ? bars : [bar("idle", startMs, endMs)];
  const fromMs = bars.at(-1)?.toMs ?? startMs;
  return [...bars, bar(status === "retrying" && phase === "idle" ? "retry" : phase, fromMs, null)];
}

function bar(phase: Phase, fromMs: number, toMs: number | null): Bar {
  return { phase, fromMs, toMs, limit: null };
}

/** How long in each phase, the longest first. */
export function sumBars(
  bars: readonly Bar[],
  nowMs: number,
): { readonly phase: Phase; readonly ms: number }[] {
  const sums = new Map<Phase, number>();
  for (const { phase, fromMs, toMs } of bars)
    sums.set(phase, (sums.get(phase) ?? 0) + Math.max(0, (toMs ?? nowMs) - fromMs));
  return [...sums].map(([phase, ms]) => ({ phase, ms })).sort((a, b) => b.ms - a.ms);
}
