// A run that has ended as spans of a trace, for tools that show those of many programs beside each other. All lie under one span,
// the run's: what it did and waited for by its steps, what it was held up by, and each request to its app. The app's own
// spans hang below those requests, because it was told their ids.
import { hashedUuid, uuidToStepId } from "./ids.ts";
import type { Phase } from "./phase.ts";
import { BODIES, type RecordedRun, type RecordedTimes } from "./recorded-run.ts";
import { partitionRun } from "./run-time.ts";
import { spansOf } from "./span.ts";
import { callerSpanOf, spanOfDispatch, spanOfRun } from "./trace-context.ts";

/** Instants are milliseconds since 1970, by the database's clock. */
export interface TraceSpan {
  /** 16 hex digits: the same whenever the span is made, so who gets it twice can tell. */
  readonly id: string;
  readonly parentId: string | null;
  readonly name: string;
  /** `request`: somebody else has spans below it. */
  readonly kind: "run" | "inner" | "request";
  readonly startMs: number;
  readonly endMs: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** A run with more is told by its first ones. */
export const SPANS_MAX = 10_000;

/** What holds a run up, apart from what its steps wait for. */
const HELD_UP: ReadonlySet<Phase> = new Set(["queue", "limit", "retry", "begin", "paused", "lost"]);

/** The run's own first. */
export function runSpans(
  run: RecordedRun,
  { app, environment }: { readonly app: string; readonly environment: string },
): TraceSpan[] {
  const own = spanOfRun(run.id);
  const endMs = run.endedMs ?? run.nowMs;
  const inner = [...dispatchSpans(run), ...stepSpans(run, endMs), ...heldUpSpans(run)]
    .sort((a, b) => a.startMs - b.startMs)
    .slice(0, SPANS_MAX - 1);
  const root: TraceSpan = {
    id: own,
    parentId: callerSpanOf(run),
    name: run.functionId,
    kind: "run",
    startMs: run.createdMs,
    endMs,
    isError: run.status === "failed",
    attributes: {
      "durable.run_id": run.id,
      "durable.function": run.functionId,
      "durable.app": app,
      "durable.environment": environment,
      "durable.status": run.status,
      "durable.event": run.cause.event.name,
    },
  };
  return [root, ...inner];
}

/** What all of a run have in common. */
function within({ id, functionId }: RecordedRun, more: TraceSpan["attributes"]): TraceSpan["attributes"] {
  return { "durable.run_id": id, "durable.function": functionId, ...more };
}

function spanId(run: RecordedRun, what: string): string {
  return uuidToStepId(hashedUuid(run.id, what)).slice(0, 16);
}

function stepSpans(run: RecordedRun, runEndMs: number): TraceSpan[] {
  const entryOf = new Map(run.entries.map((entry) => [entry.id, entry]));
  return spansOf(run, [...entryOf.keys()]).flatMap((span): TraceSpan[] => {
    const entry = entryOf.get(span.id);
    if (entry === undefined) return [];
    const { scope, op, status } = entry;
    return [
      {
        id: spanId(run, entry.id),
        parentId: scope !== null && entryOf.has(scope) ? spanId(run, scope) : spanOfRun(run.id),
        name: entry.name,
        kind: "inner",
        startMs: span.startMs,
        endMs: span.endMs ?? runEndMs,
        isError: status === "err",
        attributes: within(run, {
          "durable.step": entry.name,
          "durable.step_kind": op,
          "durable.step_status": status,
          "durable.attempt": entry.attempt,
          ...(span.run !== null && { "durable.child_run_id": span.run }),
        }),
      },
    ];
  });
}

function heldUpSpans(run: RecordedRun): TraceSpan[] {
  return partitionRun(run)
    .filter(({ phase }) => HELD_UP.has(phase))
    .map(({ phase, limit, fromMs, toMs }, index) => ({
      id: spanId(run, `${phase} ${index}`),
      parentId: spanOfRun(run.id),
      name: limit === null ? phase : `limit ${limit.name}`,
      kind: "inner",
      startMs: fromMs,
      endMs: toMs,
      isError: false,
      attributes: within(run, {
        "durable.phase": phase,
        ...(limit !== null && { "durable.limit": limit.name }),
      }),
    }));
}

/** All that is recorded of one request; its checkpoints are part of it. */
interface Dispatch {
  readonly times: RecordedTimes[];
  /** What it came with, by the steps it was for. */
  readonly tries: { readonly stepId: string | null; readonly attempt: number; readonly outcome: string }[];
}

const FAILED: ReadonlySet<string> = new Set(["failed", "transport", "protocol"]);

function dispatchSpans(run: RecordedRun): TraceSpan[] {
  const names = new Map(run.entries.map(({ id, name }) => [id, name]));
  return [...dispatchesOf(run)].flatMap(([id, { times, tries }]): TraceSpan[] => {
    // As many as a long handler has checkpoints: too many for the arguments of a call.
    const startMs = times.reduce(
      (first, each) => Math.min(first, beganMs(each) ?? first),
      Number.POSITIVE_INFINITY,
    );
    if (startMs === Number.POSITIVE_INFINITY) return [];
    const [only] = tries;
    const step = tries.length === 1 && only!.stepId !== null ? names.get(only!.stepId) : undefined;
    return [
      {
        id,
        parentId: spanOfRun(run.id),
        name: "dispatch",
        kind: "request",
        startMs,
        endMs: times.reduce((last, { receivedMs }) => Math.max(last, receivedMs ?? last), startMs),
        isError: tries.some(({ outcome }) => FAILED.has(outcome)),
        attributes: within(run, {
          ...(step !== undefined && { "durable.step": step }),
          ...(tries.length === 1 && { "durable.attempt": only!.attempt, "durable.outcome": only!.outcome }),
        }),
      },
    ];
  });
}

function dispatchesOf({ entries, attempts, last }: RecordedRun): Map<string, Dispatch> {
  const dispatches = new Map<string, Dispatch>();
  const add = (times: RecordedTimes, each: Dispatch["tries"][number] | null) => {
    if (times.dispatch === null) return;
    const id = spanOfDispatch(times.dispatch);
    const known = dispatches.get(id) ?? { times: [], tries: [] };
    known.times.push(times);
    if (each !== null) known.tries.push(each);
    dispatches.set(id, known);
  };
  for (const attempt of attempts) add(attempt, attempt);
  const tried = new Set(attempts.flatMap(({ stepId, outcome }) => (outcome === "late" ? [] : stepId)));
  for (const entry of entries) {
    // Code that succeeded at once, in the call of its function, is told by its entry alone.
    const isInline = BODIES.has(entry.op) && entry.seq !== null && !tried.has(entry.id);
    const outcome = entry.status === "err" ? "failed" : "ok";
    add(entry, isInline ? { stepId: entry.id, attempt: entry.attempt, outcome } : null);
  }
  if (last !== null) add(last, null);
  return dispatches;
}

/** A checkpoint has no request of its own: its code began as long before it as it took. Null of what was never sent. */
function beganMs({ sentMs, receivedMs, appMs }: RecordedTimes): number | null {
  return sentMs ?? (receivedMs === null || appMs === null ? null : receivedMs - appMs);
}
