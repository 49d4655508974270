// What happened to a run, as numbered entries. Nothing is written for it: it is made of the rows that the run left. An entry
// has its place by when it became durable, for that never changes, and says when it happened.
import { attemptsByStep } from "./attempts-by-step.ts";
import { BODIES, type RecordedAttempt, type RecordedEntry, type RecordedRun } from "./recorded-run.ts";
import { retryPauses } from "./retry-pauses.ts";
import { spanOfDispatch } from "./trace-context.ts";

export const HISTORY_KINDS = [
  "scheduled", // there is a run, and why
  "began", // the time for which it was kept asleep has come
  "admitted", // a limit let its job in
  "attempt", // code was called: of a step, or of the function itself
  "failed", // that attempt failed
  "unanswered", // it brought no usable answer
  "lost", // its engine died
  "late", // it came when nobody waited for it any more
  "turn", // the function was called and had nothing new to say
  "backoff", // the pause before the next attempt
  "planned", // a step that gets a call of its own
  "sleep",
  "wait",
  "asked", // a person
  "invoked", // another run
  "settled", // a step has its result
  "dropped", // nothing waits for it any more
  "action", // of a person
  "ended",
] as const;

export type HistoryKind = (typeof HISTORY_KINDS)[number];

/** Instants are milliseconds since 1970, by the database's clock. */
export interface HistoryEntry {
  /** From 1, without a gap. */
  readonly seq: number;
  readonly kind: HistoryKind;
  readonly atMs: number;
  /** 32 hex digits. */
  readonly stepId: string | null;
  readonly attempt: number | null;
  /** A duration: at the limit, of the attempt, of the pause, of what was waited for. */
  readonly ms: number | null;
  /** End of a sleep, timeout of a wait, next attempt. */
  readonly untilMs: number | null;
  /** Of what settled: `ok` or `err`. Of an end: its status. */
  readonly status: string | null;
  /** What did it: an event, a person, a timer, a limit, a run. */
  readonly by: {
    readonly kind: "event" | "person" | "timer" | "limit" | "run" | "app";
    readonly name: string | null;
  } | null;
  readonly reason: string | null;
}

type Unplaced = Pick<HistoryEntry, "kind" | "atMs"> & Partial<HistoryEntry>;

interface Placed extends Unplaced {
  /** When it became durable. */
  readonly keyMs: number;
  /** Among those of one commit. */
  readonly rank: number;
  /** Of results: their number in the journal. */
  readonly no?: number;
}

/** In the order in which things became durable. The same rows give the same numbers, and later rows come after them. */
export function historyOf(run: RecordedRun): HistoryEntry[] {
  const placed = [
    ...beginnings(run),
    ...limits(run),
    ...attempts(run),
    ...entries(run),
    ...actions(run),
    ...ends(run),
  ];
  placed.sort(
    (a, b) =>
      a.keyMs - b.keyMs ||
      a.rank - b.rank ||
      (a.no ?? 0) - (b.no ?? 0) ||
      order(a.stepId ?? "", b.stepId ?? "") ||
      (a.attempt ?? 0) - (b.attempt ?? 0),
  );
  return placed.map(({ keyMs: _key, rank: _rank, no: _no, ...entry }, index) => ({
    ...NOTHING,
    ...entry,
    seq: index + 1,
  }));
}

const NOTHING = {
  stepId: null,
  attempt: null,
  ms: null,
  untilMs: null,
  status: null,
  by: null,
  reason: null,
};

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function beginnings({ createdMs, begin, cause, endedMs, nowMs }: RecordedRun): Placed[] {
  const by =
    cause.parent === null
      ? ({ kind: "event", name: cause.event.name } as const)
      : ({ kind: "run", name: cause.parent.run } as const);
  const reason = cause.parent?.kind ?? cause.event.id;
  const scheduled: Placed = {
    kind: "scheduled",
    atMs: createdMs,
    untilMs: begin?.atMs ?? null,
    by,
    reason,
    keyMs: createdMs,
    rank: 0,
  };
  if (begin === null || begin.atMs > (endedMs ?? nowMs)) return [scheduled];
  return [
    scheduled,
    { kind: "began", atMs: begin.atMs, by: { kind: "timer", name: begin.cause }, keyMs: begin.atMs, rank: 1 },
  ];
}

function limits({ limitWaits }: RecordedRun): Placed[] {
  return limitWaits.flatMap(({ stepId, sinceMs, untilMs, limit }) =>
    untilMs === null
      ? []
      : [
          {
            kind: "admitted",
            atMs: untilMs,
            stepId,
            ms: untilMs - sinceMs,
            by: { kind: "limit", name: limit.name },
            reason: limit.key,
            keyMs: untilMs,
            rank: 2,
          },
        ],
  );
}

const OUTCOME: Record<Exclude<RecordedAttempt["outcome"], "ok">, HistoryKind> = {
  failed: "failed",
  transport: "unanswered",
  protocol: "unanswered",
  late: "late",
  lost: "lost",
  turn: "turn",
};

function attempts(run: RecordedRun): Placed[] {
  const pauses = retryPauses(run);
  return run.attempts.flatMap((each) => {
    const { stepId, attempt, outcome, sentMs, receivedMs, committedMs } = each;
    const common = { stepId, attempt, keyMs: committedMs };
    const placed: Placed[] = [];
    if (sentMs !== null && outcome !== "turn" && outcome !== "late")
      placed.push({ ...common, kind: "attempt", atMs: sentMs, ms: tookMs(each), rank: 3 });
    if (outcome !== "ok") {
      const ms = outcome === "turn" ? tookMs(each) : null;
      placed.push({ ...common, kind: OUTCOME[outcome], atMs: receivedMs ?? committedMs, ms, rank: 4 });
    }
    const againMs = pauses.get(each);
    if (againMs !== undefined)
      placed.push({
        ...common,
        kind: "backoff",
        atMs: committedMs,
        ms: againMs - committedMs,
        untilMs: againMs,
        rank: 5,
      });
    return placed;
  });
}

function tookMs({ sentMs, receivedMs }: Pick<RecordedAttempt, "sentMs" | "receivedMs">): number | null {
  return sentMs === null || receivedMs === null ? null : receivedMs - sentMs;
}

const ASKS: Readonly<Record<string, HistoryKind>> = {
  sleep: "sleep",
  wait: "wait",
  signal: "wait",
  input: "asked",
  approval: "asked",
  invoke: "invoked",
};

/** Two commits are told apart by as little as Postgres keeps of an instant. */
const BESIDE_MS = 0.001;

function entries(run: RecordedRun): Placed[] {
  const tried = attemptsByStep(run.attempts);
  let settledMs = 0;
  return run.entries
    .toSorted((a, b) => (a.seq ?? Number.POSITIVE_INFINITY) - (b.seq ?? Number.POSITIVE_INFINITY))
    .flatMap((entry) => {
      const tries = (tried.get(entry.id) ?? []).filter(({ outcome }) => outcome !== "late");
      // The journal's order is the order of the commits, whatever their clocks say.
      if (entry.seq !== null && entry.settledMs !== null)
        settledMs = entry.settledMs < settledMs ? settledMs + BESIDE_MS : entry.settledMs;
      return entryEvents(entry, tries, settledMs);
    });
}

function entryEvents(
  entry: RecordedEntry,
  tries: readonly RecordedAttempt[],
  settledKeyMs: number,
): Placed[] {
  const { id: stepId, op, seq, status, settledMs, dueMs, sentMs, receivedMs, committedMs, attempt } = entry;
  const placed: Placed[] = [];
  const ask = ASKS[op];
  if (ask !== undefined) {
    const by = entry.childId === null ? null : ({ kind: "run", name: entry.childId } as const);
    placed.push({
      kind: ask,
      stepId,
      atMs: receivedMs ?? committedMs,
      untilMs: dueMs,
      by,
      keyMs: committedMs,
      rank: 6,
    });
  } else if (BODIES.has(op) && isPlanned(entry, tries)) {
    const readyMs = Math.min(committedMs, ...tries.map((each) => each.scheduledMs ?? committedMs));
    placed.push({ kind: "planned", stepId, atMs: readyMs, keyMs: committedMs, rank: 6 });
  }
  if (status === "cancelled")
    placed.push({
      kind: "dropped",
      stepId,
      atMs: settledMs ?? committedMs,
      keyMs: settledMs ?? committedMs,
      rank: 7,
    });
  if (seq === null || settledMs === null) return placed;
  if (BODIES.has(op) && tries.length === 0 && (sentMs ?? receivedMs) !== null) {
    placed.push({
      kind: "attempt",
      stepId,
      attempt,
      atMs: sentMs ?? receivedMs!,
      ms: tookMs(entry),
      keyMs: settledKeyMs,
      rank: 3,
    });
  }
  const ms = ask === undefined ? null : settledMs - (receivedMs ?? committedMs);
  placed.push({
    kind: "settled",
    stepId,
    attempt: BODIES.has(op) ? attempt : null,
    atMs: settledMs,
    status,
    ms,
    by: settledBy(entry),
    keyMs: settledKeyMs,
    rank: 4,
    no: seq,
  });
  return placed;
}

/** Its attempts have dispatches of their own, which are not the one that asked for it. */
function isPlanned(
  { seq, status, attempt, dispatch }: RecordedEntry,
  tries: readonly RecordedAttempt[],
): boolean {
  const [first] = tries;
  if (first === undefined) return seq === null && status !== "retrying" && attempt === 0;
  if (dispatch === null) return false;
  // By their fences, and not by when they were: an attempt is ready by the database's clock, and an answer came by the engine's.
  const asking = spanOfDispatch(dispatch);
  return tries.every((each) => each.dispatch === null || spanOfDispatch(each.dispatch) !== asking);
}

function settledBy({ op, eventId, childId, answeredBy }: RecordedEntry): HistoryEntry["by"] {
  if (answeredBy !== null) return { kind: "person", name: answeredBy };
  if (eventId !== null) return { kind: "event", name: eventId };
  if (op === "invoke") return { kind: "run", name: childId };
  if (ASKS[op] !== undefined) return { kind: "timer", name: null };
  return { kind: "app", name: null };
}

function actions(run: RecordedRun): Placed[] {
  return run.actions.map(({ atMs, action, actor, reason }) => ({
    kind: "action",
    atMs,
    status: action,
    by: { kind: "person", name: actor },
    reason,
    keyMs: atMs,
    rank: 8,
  }));
}

/** After all that its commit closed, and after the person who ended it. */
function ends({ endedMs, status, actions: done, createdMs }: RecordedRun): Placed[] {
  if (endedMs === null) return [];
  const cancels = done.filter(({ action }) => action.startsWith("run.cancel")).map(({ atMs }) => atMs);
  const keyMs = Math.max(endedMs, ...cancels);
  return [{ kind: "ended", atMs: endedMs, status, ms: endedMs - createdMs, keyMs, rank: 9 }];
}
