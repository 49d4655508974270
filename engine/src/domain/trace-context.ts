// W3C Trace Context: which trace a run belongs to, and what its requests say of it.

/**
 * What names a run's trace: the `traceparent` that its event came with, or null for one that came without. Such a run is a
 * trace of its own, under its own id.
 */
export interface TraceOfRun {
  readonly runId: string;
  readonly traceparent: string | null;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

/**
 * A header as version 00 writes it, of its flags whether it is sampled; null for what has to be ignored. Of a version that is
 * not known yet the part is read that all versions begin with.
 */
export function parseTraceparent(header: string | null | undefined): string | null {
  const parts = TRACEPARENT.exec(header?.trim() ?? "");
  if (parts === null) return null;
  const [, version, traceId, spanId, flags, more] = parts;
  if (version === "ff" || (version === "00" && more !== undefined)) return null;
  if (/^0+$/.test(traceId!) || /^0+$/.test(spanId!)) return null;
  return traceparent(traceId!, spanId!, (Number.parseInt(flags!, 16) & SAMPLED) !== 0);
}

/** 32 hex digits. */
export function traceIdOf({ runId, traceparent }: TraceOfRun): string {
  return traceparent === null ? runId.replaceAll("-", "") : traceparent.slice(3, 35);
}

/** The span of the caller, 16 hex digits. */
export function callerSpanOf({ traceparent }: Pick<TraceOfRun, "traceparent">): string | null {
  return traceparent === null ? null : traceparent.slice(36, 52);
}

/** Whether anybody wants to see it: who began the trace decides that for all that comes of it. */
export function isSampled({ traceparent }: Pick<TraceOfRun, "traceparent">): boolean {
  return traceparent === null || traceparent.endsWith("1");
}

/** The span of a dispatch. Its checkpoints have fences of their own that begin alike, so it is one span for all of them. */
export function spanOfDispatch(fence: string): string {
  return fence.replaceAll("-", "").slice(0, 16);
}

/** The span of the run itself: what is random of its id. */
export function spanOfRun(runId: string): string {
  return runId.replaceAll("-", "").slice(16);
}

/** What a dispatch says, to its app and to the runs that it starts. */
export function dispatchTraceparent(run: TraceOfRun, fence: string): string {
  return traceparent(traceIdOf(run), spanOfDispatch(fence), isSampled(run));
}

function traceparent(traceId: string, spanId: string, sampled: boolean): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}
