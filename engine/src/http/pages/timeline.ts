// Where a step's time went, from the instants that were recorded for it.
import type { AttemptStored, DispatchTimes, RunStored, StepStored } from "../../store/runs-listing-detail.ts";

export type SpanKind =
  /** Ready, but no engine had a free slot. */
  | "queue"
  /** Sent to the app and not yet answered. */
  | "app"
  /** A sleep, a wait or the pause before a retry: nobody was busy with it. */
  | "wait"
  /** An attempt that failed. */
  | "bad";

export interface Span {
  readonly kind: SpanKind;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the bars of a run are drawn against. */
export interface Scale {
  readonly fromMs: number;
  readonly toMs: number;
}

export function scaleOf(run: RunStored, nowMs: number): Scale {
  const fromMs = Date.parse(run.created_at);
  return { fromMs, toMs: Math.max(fromMs + 1, run.ended_at === null ? nowMs : Date.parse(run.ended_at)) };
}

export function spansOf(step: StepStored, attempts: readonly AttemptStored[], { toMs }: Scale): Span[] {
  const spans = attempts.flatMap((attempt) =>
    dispatchSpans(attempt, attempt.outcome === "ok" ? "app" : "bad"),
  );
  if (step.op === "run") {
    const isInAttempts = attempts.some((attempt) => attempt.sent_at === step.sent_at);
    if (!isInAttempts) spans.push(...dispatchSpans(step, step.status === "ok" ? "app" : "bad"));
  } else {
    // A sleep or wait begins when the answer that asked for it was there, and lasts until it settled.
    const from = step.received_at ?? step.committed_at;
    spans.push({
      kind: "wait",
      fromMs: Date.parse(from),
      toMs: step.settled_at === null ? toMs : Date.parse(step.settled_at),
    });
  }
  spans.sort((a, b) => a.fromMs - b.fromMs);
  return fillGaps(spans, step.seq === null ? toMs : null);
}

function dispatchSpans(times: DispatchTimes, kind: SpanKind): Span[] {
  const [scheduled, sent, received] = [times.scheduled_at, times.sent_at, times.received_at].map((text) =>
    text === null ? null : Date.parse(text),
  );
  const spans: Span[] = [];
  if (scheduled != null && sent != null && sent > scheduled) {
    spans.push({ kind: "queue", fromMs: scheduled, toMs: sent });
  }
  if (sent != null && received != null) spans.push({ kind, fromMs: sent, toMs: received });
  return spans;
}

/** Between attempts, and after the last one of a step that is tried again, it waits. */
function fillGaps(spans: readonly Span[], untilMs: number | null): Span[] {
  const filled: Span[] = [];
  for (const span of spans) {
    const before = filled.at(-1);
    if (before !== undefined && before.toMs < span.fromMs) {
      filled.push({ kind: "wait", fromMs: before.toMs, toMs: span.fromMs });
    }
    filled.push(span);
  }
  const last = filled.at(-1);
  if (last !== undefined && untilMs !== null && last.toMs < untilMs) {
    filled.push({ kind: "wait", fromMs: last.toMs, toMs: untilMs });
  }
  return filled;
}
