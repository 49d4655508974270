import { NO_STEP, stepIdToUuid } from "../domain/ids.ts";
import type { Outcome } from "../domain/outcome.ts";
import { isSettled } from "../domain/outcome.ts";
import { plainArray, textArray } from "./array-literal.ts";
import type { Database } from "./database.ts";
import { type EventRows, emptyEventRows } from "./event-rows.ts";
import { wrapStatement } from "./fault-database.ts";

/** One run's outcome on its way to disk. At most one per run is in a group. */
export interface CommitItem {
  readonly workspaceId: number;
  readonly runId: string;
  /** The fence we hold, and the one that replaces it in this commit. */
  readonly fence: string;
  readonly nextFence: string;
  /** The journal's head as the holder last saw it. */
  readonly knownSeq: number;
  /** Timers or waits may exist and must go when the run ends. */
  readonly mayHavePending: boolean;
  readonly outcome: Outcome;
  /** Epoch seconds, of the dispatch that brought the outcome. */
  readonly times: DispatchTimes;
  /** Rows for the events it sends, matched already. */
  readonly events: EventRows | null;
}

export interface DispatchTimes {
  readonly scheduled: number | null;
  readonly leased: number | null;
  readonly sent: number | null;
  readonly firstByte: number | null;
  readonly received: number | null;
  /** Monotonic milliseconds in the app, as its SDK measured them. */
  readonly appMs: number | null;
}

export type CommitState = "applied" | "already" | "lost" | "stale";

export interface CommitResult {
  readonly state: CommitState;
  /** The journal's head after the commit. Beyond what the holder knows plus what it settled: fetch the gap. */
  readonly journalSeq: number;
}

/**
 * The whole commit of a group in one statement. `items` must be sorted by (workspace, run): that is the lock
 * order. Answers one result per item, in order. Safe to repeat after an unknown outcome.
 */
export async function commitOutcomes(
  database: Database,
  engineId: number,
  items: readonly CommitItem[],
): Promise<CommitResult[]> {
  const i = itemColumns(items);
  const s = stepColumns(items);
  const w = waitColumns(items);
  const a = attemptColumns(items);
  const e = eventColumns(items);
  const [row] = await wrapStatement(
    "commit_outcomes",
    () => database.sql<{ state: string; seq: string }[]>`
    select o_state::text as state, o_seq::text as seq from durable.commit_outcomes(${engineId}::int,
      ${i.workspace}::int[], ${i.run}::uuid[], ${i.fence}::uuid[], ${i.next}::uuid[], ${i.known}::int[],
      ${i.settled}::int[], ${i.kind}::text[], ${i.result}::text[], ${i.unclaimed}::int[], ${i.pending}::boolean[],
      ${i.runAttempt}::int[], ${i.transportAttempt}::int[], ${i.retryMs}::float8[],
      ${i.scheduled}::float8[], ${i.leased}::float8[], ${i.sent}::float8[], ${i.firstByte}::float8[],
      ${i.received}::float8[], ${i.appMs}::float4[],
      ${s.item}::int[], ${s.ordinal}::int[], ${s.id}::uuid[], ${s.op}::text[], ${s.name}::text[], ${s.n}::int[],
      ${s.status}::text[], ${s.value}::text[], ${s.failure}::text[], ${s.attempt}::int[], ${s.dueMs}::float8[],
      ${s.dueAt}::float8[],
      ${w.item}::int[], ${w.step}::uuid[], ${w.event}::text[], ${w.match}::text[],
      ${a.item}::int[], ${a.step}::uuid[], ${a.attempt}::int[], ${a.outcome}::text[], ${a.failure}::text[],
      ${e.registryWorkspace}::int[], ${e.registryVersion}::int[],
      ${e.request}::int[], ${e.workspace}::int[], ${e.id}::uuid[], ${e.clientId}::text[], ${e.bodyHash}::uuid[],
      ${e.name}::text[], ${e.data}::text[], ${e.time}::float8[],
      ${e.runEvent}::int[], ${e.runFunction}::text[], ${e.runVersion}::int[], ${e.runId}::uuid[])`,
  );
  const states = row!.state.slice(1, -1).split(",") as CommitState[];
  const seqs = row!.seq.slice(1, -1).split(",");
  return states.map((state, index) => ({ state, journalSeq: Number(seqs[index]) }));
}

function itemColumns(items: readonly CommitItem[]) {
  return {
    workspace: plainArray(items.map((item) => item.workspaceId)),
    run: plainArray(items.map((item) => item.runId)),
    fence: plainArray(items.map((item) => item.fence)),
    next: plainArray(items.map((item) => item.nextFence)),
    known: plainArray(items.map((item) => item.knownSeq)),
    settled: plainArray(items.map((item) => item.outcome.steps.filter(isSettled).length)),
    kind: plainArray(items.map((item) => item.outcome.kind)),
    result: textArray(items.map((item) => item.outcome.result)),
    unclaimed: plainArray(items.map((item) => item.outcome.unclaimed)),
    pending: plainArray(items.map((item) => item.mayHavePending)),
    runAttempt: plainArray(items.map((item) => item.outcome.runAttempt)),
    transportAttempt: plainArray(items.map((item) => item.outcome.transportAttempt)),
    retryMs: plainArray(items.map((item) => item.outcome.retryMs)),
    scheduled: plainArray(items.map((item) => item.times.scheduled)),
    leased: plainArray(items.map((item) => item.times.leased)),
    sent: plainArray(items.map((item) => item.times.sent)),
    firstByte: plainArray(items.map((item) => item.times.firstByte)),
    received: plainArray(items.map((item) => item.times.received)),
    appMs: plainArray(items.map((item) => item.times.appMs)),
  };
}

function stepColumns(items: readonly CommitItem[]) {
  const rows = items.flatMap(({ outcome }, index) => {
    let ordinal = 0;
    return outcome.steps.map((step) => ({
      item: index + 1,
      ordinal: isSettled(step) ? ++ordinal : null,
      step,
    }));
  });
  return {
    item: plainArray(rows.map((row) => row.item)),
    ordinal: plainArray(rows.map((row) => row.ordinal)),
    id: plainArray(rows.map((row) => stepIdToUuid(row.step.id))),
    op: plainArray(rows.map((row) => row.step.op)),
    name: textArray(rows.map((row) => row.step.name)),
    n: plainArray(rows.map((row) => row.step.n)),
    status: plainArray(rows.map((row) => row.step.status)),
    value: textArray(rows.map((row) => row.step.value)),
    failure: textArray(rows.map((row) => row.step.failure)),
    attempt: plainArray(rows.map((row) => row.step.attempt)),
    dueMs: plainArray(rows.map((row) => row.step.dueMs)),
    dueAt: plainArray(
      rows.map((row) => (row.step.dueAtEpochMs === null ? null : row.step.dueAtEpochMs / 1000)),
    ),
  };
}

function waitColumns(items: readonly CommitItem[]) {
  const rows = items.flatMap(({ outcome }, index) =>
    outcome.waits.map((wait) => ({ item: index + 1, wait })),
  );
  return {
    item: plainArray(rows.map((row) => row.item)),
    step: plainArray(rows.map((row) => stepIdToUuid(row.wait.stepId))),
    event: textArray(rows.map((row) => row.wait.eventName)),
    match: textArray(rows.map((row) => row.wait.match)),
  };
}

function attemptColumns(items: readonly CommitItem[]) {
  const rows = items.flatMap(({ outcome }, index) =>
    outcome.attempts.map((attempt) => ({ item: index + 1, attempt })),
  );
  return {
    item: plainArray(rows.map((row) => row.item)),
    step: plainArray(
      rows.map((row) => (row.attempt.stepId === null ? NO_STEP : stepIdToUuid(row.attempt.stepId))),
    ),
    attempt: plainArray(rows.map((row) => row.attempt.attempt)),
    outcome: plainArray(rows.map((row) => row.attempt.outcome)),
    failure: textArray(rows.map((row) => row.attempt.failure)),
  };
}

/** The items' events as one set of rows; `request` is the item's number, so that a lost item sends nothing. */
function eventColumns(items: readonly CommitItem[]) {
  const all = emptyEventRows();
  for (const [index, item] of items.entries()) if (item.events !== null) all.append(item.events, index + 1);
  return all.columns();
}
