// What happened in a run, as bars: a span per step and per attempt, each with the phases that were recorded for it.
import { attemptsByStep } from "./attempts-by-step.ts";
import { dispatchPhases } from "./dispatch-phases.ts";
import { type LimitWaits, limitWaitsByStep, limitWaitsOf } from "./limit-waits.ts";
import type { Interval, LimitNamed } from "./phase.ts";
import {
  BODIES,
  OPEN_FOR,
  type RecordedAttempt,
  type RecordedEntry,
  type RecordedRun,
  type RecordedTimes,
} from "./recorded-run.ts";

export const SPAN_KINDS = ["step", "attempt", "sleep", "wait", "child", "compensation", "limit"] as const;

export type SpanKind = (typeof SPAN_KINDS)[number];

/** Instants are milliseconds since 1970, by the database's clock. */
export interface Span {
  /** Unique within the run. */
  readonly id: string;
  /** The span that it is part of: an attempt of its step, a step of its branch or group. Null: of the run itself. */
  readonly parent: string | null;
  readonly kind: SpanKind;
  readonly name: string | null;
  readonly status: RecordedEntry["status"] | RecordedAttempt["outcome"] | null;
  readonly attempt: number | null;
  readonly startMs: number;
  /** Null while it goes on. */
  readonly endMs: number | null;
  /** A duration: inside the app, by its own clock. */
  readonly appMs: number | null;
  readonly phases: readonly Interval[];
  readonly limit: LimitNamed | null;
  /** The run that a `child` started. */
  readonly run: string | null;
  /** That run's app, where it is another one. */
  readonly app: string | null;
}

type Recorded = Pick<RecordedRun, "entries" | "attempts" | "limitWaits">;

/** Steps in the order in which they are given, each followed by its attempts, and these by their waits at limits. */
export function spansOf({ entries, attempts, limitWaits }: Recorded, order: readonly string[]): Span[] {
  const limits = limitWaitsByStep(limitWaits);
  const entryOf = new Map(entries.map((entry) => [entry.id, entry]));
  const tries = attemptsByStep(attempts);
  const own = new Map((tries.get(null) ?? []).map((attempt) => [attempt.id, attempt]));
  return order.flatMap((id) => {
    const entry = entryOf.get(id);
    if (entry !== undefined) return stepSpans(entry, tries.get(id) ?? [], limits);
    const call = own.get(id);
    return call === undefined ? [] : attemptSpans(call, id, null, limits);
  });
}

function stepSpans(entry: RecordedEntry, tries: readonly RecordedAttempt[], limits: LimitWaits): Span[] {
  // One that succeeded at once, in the call of its function, has its times on its entry.
  const isInline =
    BODIES.has(entry.op) && entry.seq !== null && tries.every(({ outcome }) => outcome === "late");
  const own: Try = { ...entry, stepId: entry.id, outcome: entry.status === "err" ? "failed" : "ok" };
  const parts = [...(isInline ? [own] : []), ...tries].flatMap((each, index) =>
    attemptSpans(each, `${entry.id}.${index + 1}`, entry.id, limits),
  );
  const isAsked = KINDS[entry.op] === undefined && !BODIES.has(entry.op);
  const phases = isAsked ? dispatchPhases(entry, entry.committedMs) : [];
  return [
    {
      id: entry.id,
      parent: entry.scope,
      kind: KINDS[entry.op] ?? "step",
      name: entry.name,
      status: entry.status,
      attempt: entry.attempt,
      startMs: Math.min(
        startOf(entry),
        ...parts.map((part) => part.startMs),
        ...phases.map(({ fromMs }) => fromMs),
      ),
      endMs:
        entry.settledMs === null
          ? null
          : Math.max(
              entry.settledMs,
              ...parts.map((part) => part.endMs ?? 0),
              ...phases.map(({ toMs }) => toMs),
            ),
      appMs: null,
      phases,
      limit: null,
      run: entry.childId,
      app: entry.childApp,
    },
    ...parts,
  ];
}

const KINDS: Readonly<Record<string, SpanKind>> = {
  ...OPEN_FOR,
  spawn: "child",
  compensate: "compensation",
};

/** What it waits for begins when it is asked for; code, when its job was ready. */
function startOf(entry: RecordedEntry): number {
  return BODIES.has(entry.op) && entry.seq !== null
    ? (entry.scheduledMs ?? beganMs(entry) ?? entry.committedMs)
    : (entry.receivedMs ?? entry.committedMs);
}

/** Of code that was reported while its handler went on. */
function beganMs({ receivedMs, appMs }: RecordedTimes): number | null {
  return receivedMs === null || appMs === null ? null : receivedMs - appMs;
}

type Try = Pick<RecordedAttempt, "stepId" | "attempt" | "outcome" | "committedMs" | keyof RecordedTimes>;

function attemptSpans(each: Try, id: string, parent: string | null, limits: LimitWaits): Span[] {
  const waits = limitWaitsOf(limits, each.stepId, each);
  const phases = dispatchPhases(each, each.committedMs, waits);
  const common = { status: null, attempt: null, appMs: null, phases: [], run: null, app: null };
  return [
    {
      ...common,
      id,
      parent,
      kind: "attempt",
      name: null,
      status: each.outcome,
      attempt: each.attempt,
      startMs: Math.min(beganMs(each) ?? each.committedMs, ...phases.map(({ fromMs }) => fromMs)),
      endMs: Math.max(each.committedMs, ...phases.map(({ toMs }) => toMs)),
      appMs: each.appMs,
      phases,
      limit: null,
    },
    ...phases
      .filter(({ phase }) => phase === "limit")
      .map(
        ({ fromMs, toMs, limit }, index): Span => ({
          ...common,
          id: `${id}.limit-${index + 1}`,
          parent: id,
          kind: "limit",
          name: limit?.name ?? null,
          startMs: fromMs,
          endMs: toMs,
          limit,
        }),
      ),
  ];
}
