// A span as the waterfall has it: instants as numbers, read once. Tens of thousands lie in one array.
import type { AnswerOf } from "@durable/engine/api";
import type { Phase } from "../words/phase.ts";

export type TraceAnswer = AnswerOf<"getRunTrace">;
type SpanAnswer = TraceAnswer["spans"][number];
export type RunTime = NonNullable<TraceAnswer["time"]>;
export type SpanKind = SpanAnswer["kind"];
export type SpanStatus = NonNullable<SpanAnswer["status"]>;
export type LimitNamed = NonNullable<SpanAnswer["limit"]>;

/** A stretch of one phase. Milliseconds since 1970; `toMs` null while it goes on. */
export interface Bar {
  readonly phase: Phase;
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly limit: LimitNamed | null;
}

export interface Span {
  readonly id: string;
  readonly parent: string | null;
  readonly kind: SpanKind;
  readonly name: string | null;
  readonly status: SpanStatus | null;
  readonly attempt: number | null;
  readonly startMs: number;
  readonly endMs: number | null;
  readonly appMs: number | null;
  readonly phases: readonly Bar[];
  readonly limit: LimitNamed | null;
  /** The run that it started. */
  readonly run: string | null;
  /** That run's app, where it is another one. */
  readonly app: string | null;
}

/** What is known of a run's time so far. */
export interface Trace {
  readonly run: string;
  readonly function: string;
  readonly status: TraceAnswer["run"]["status"];
  readonly startMs: number;
  readonly endMs: number | null;
  readonly time: RunTime | null;
  readonly spans: readonly Span[];
  /** All pages are here. */
  readonly isWhole: boolean;
}

export function readSpan(span: SpanAnswer): Span {
  const { start, end, app_ms, phases, ...same } = span;
  return {
    ...same,
    startMs: Date.parse(start),
    endMs: end === null ? null : Date.parse(end),
    appMs: app_ms,
    phases: phases.map(readPhase),
  };
}

/** Its length is told finer than its instants. */
export function readPhase({ phase, start, ms, limit }: SpanAnswer["phases"][number]): Bar {
  const fromMs = Date.parse(start);
  return { phase, fromMs, toMs: fromMs + ms, limit };
}

const BAD: ReadonlySet<SpanStatus> = new Set(["err", "retrying", "failed", "transport", "protocol", "lost"]);

export function isBad({ status }: Pick<Span, "status">): boolean {
  return status !== null && BAD.has(status);
}
