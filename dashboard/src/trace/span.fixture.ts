import { type Forest, growForest } from "./forest.ts";
import type { Bar, Span, Trace } from "./span.ts";

/** A step of `from` to `to` milliseconds; null: it goes on. */
export function span(id: string, from: number, to: number | null, more: Partial<Span> = {}): Span {
  return {
    ...{ id, parent: null, kind: "step", name: id, status: to === null ? "pending" : "ok", attempt: 1 },
    ...{ startMs: from, endMs: to, appMs: null, phases: [], limit: null, run: null, app: null },
    ...more,
  };
}

export function phase(name: Bar["phase"], fromMs: number, toMs: number | null): Bar {
  return { phase: name, fromMs, toMs, limit: null };
}

export function forest(...spans: Span[]): Forest {
  return growForest(spans);
}

export function trace(spans: readonly Span[], more: Partial<Trace> = {}): Trace {
  return {
    ...{ run: "run", function: "f", status: "completed", startMs: 0, endMs: 1_000, time: null },
    ...{ spans, isWhole: true },
    ...more,
  };
}
