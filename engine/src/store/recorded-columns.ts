// How a recorded run travels: of its entries and attempts each column is one array, whose name is said once. A run of 14,000
// steps is two megabytes this way and was ten as objects, and Postgres takes a sixth of the time to write it.
import { setImmediate } from "node:timers/promises";
import { uuidToStepId } from "../domain/ids.ts";
import type { RecordedAttempt, RecordedEntry, RecordedRun, RecordedTimes } from "../domain/recorded-run.ts";
import { inSlices } from "../runtime/slices.ts";

/** A place in the order in which steps were recorded: microseconds since 1970, and a step or a dispatch of the run as UUID. */
export interface TraceKey {
  readonly atUs: string;
  readonly id: string;
}

export interface RecordedPage extends RecordedRun {
  /** Ids of entries, and of attempts of the run itself, as they stand on the page. Null where all were asked for. */
  readonly page: readonly { readonly id: string; readonly key: TraceKey }[] | null;
}

/** Four JSON texts. */
export interface RecordedRow {
  readonly run: string;
  readonly page: string | null;
  readonly entries: string;
  readonly attempts: string;
}

/** No rows, no array. */
type Column<Value> = readonly Value[] | null;

/** Microseconds since 1970. */
type Instants<Name extends string, Value = number | null> = { readonly [Each in Name as `${Each}Us`]: Value };

type Times = "scheduled" | "leased" | "sent" | "firstByte" | "received";

type TimesOfOne = Instants<Times> & Pick<RecordedTimes, "appMs" | "dispatch">;

type TimesColumns = Instants<Times, Column<number | null>> & { readonly appMs: Column<number | null> };

type PlainColumns<Row, Name extends keyof Row> = { readonly [Each in Name]: Column<Row[Each]> };

type EntryColumns = TimesColumns &
  PlainColumns<
    RecordedEntry,
    | "id"
    | "scope"
    | "op"
    | "name"
    | "n"
    | "status"
    | "seq"
    | "attempt"
    | "dispatch"
    | "eventId"
    | "childId"
    | "childApp"
    | "answeredBy"
  > &
  Instants<"due" | "settled", Column<number | null>> &
  Instants<"committed", Column<number>>;

type AttemptColumns = TimesColumns &
  PlainColumns<RecordedAttempt, "id" | "stepId" | "attempt" | "outcome"> &
  Instants<"committed", Column<number>>;

interface Head extends Pick<RecordedRun, "id" | "functionId" | "status" | "cause" | "traceparent"> {
  readonly createdUs: number;
  readonly endedUs: number | null;
  readonly nowUs: number;
  readonly readyUs: number | null;
  readonly begin: (Omit<NonNullable<RecordedRun["begin"]>, "atMs"> & { readonly atUs: number }) | null;
  readonly last: TimesOfOne | null;
  readonly limitWaits: readonly (Pick<RecordedRun["limitWaits"][number], "stepId" | "limit"> &
    Instants<"since", number> &
    Instants<"until">)[];
  readonly actions: readonly (Omit<RecordedRun["actions"][number], "atMs"> & { readonly atUs: number })[];
}

/** In slices: the whole of a long run is tens of thousands of rows. */
export async function decodeRecorded(row: RecordedRow): Promise<RecordedPage> {
  const entries = await decodeRows<EntryColumns, RecordedEntry>(row.entries, entryAt);
  const attempts = await decodeRows<AttemptColumns, RecordedAttempt>(row.attempts, attemptAt);
  const { createdUs, endedUs, nowUs, readyUs, begin, last, limitWaits, actions, ...head } = JSON.parse(
    row.run,
  ) as Head;
  return {
    ...head,
    createdMs: createdUs / 1_000,
    endedMs: msOf(endedUs),
    nowMs: nowUs / 1_000,
    readyMs: msOf(readyUs),
    begin: begin === null ? null : { atMs: begin.atUs / 1_000, cause: begin.cause },
    last:
      last === null
        ? null
        : {
            scheduledMs: msOf(last.scheduledUs),
            leasedMs: msOf(last.leasedUs),
            sentMs: msOf(last.sentUs),
            firstByteMs: msOf(last.firstByteUs),
            receivedMs: msOf(last.receivedUs),
            appMs: last.appMs,
            dispatch: last.dispatch,
          },
    entries,
    attempts,
    limitWaits: limitWaits.map(({ stepId, sinceUs, untilUs, limit }) => ({
      stepId,
      sinceMs: sinceUs / 1_000,
      untilMs: msOf(untilUs),
      limit,
    })),
    actions: actions.map(({ atUs, ...action }) => ({ ...action, atMs: atUs / 1_000 })),
    page: row.page === null ? null : (JSON.parse(row.page) as RecordedPage["page"]),
  };
}

async function decodeRows<Columns extends { readonly id: Column<string> }, Row>(
  text: string,
  rowAt: (columns: Columns, index: number) => Row,
): Promise<Row[]> {
  const columns = JSON.parse(text) as Columns;
  await setImmediate();
  const rows: Row[] = [];
  await inSlices(columns.id?.length ?? 0, (index) => void rows.push(rowAt(columns, index)));
  return rows;
}

function entryAt(columns: EntryColumns, index: number): RecordedEntry {
  const scope = columns.scope![index]!;
  return {
    id: uuidToStepId(columns.id![index]!),
    scope: scope === null ? null : uuidToStepId(scope),
    op: columns.op![index]!,
    name: columns.name![index]!,
    n: columns.n![index]!,
    status: columns.status![index]!,
    seq: columns.seq![index]!,
    attempt: columns.attempt![index]!,
    dueMs: msOf(columns.dueUs![index]!),
    ...timesAt(columns, index),
    dispatch: columns.dispatch![index]!,
    committedMs: columns.committedUs![index]! / 1_000,
    settledMs: msOf(columns.settledUs![index]!),
    eventId: columns.eventId![index]!,
    childId: columns.childId![index]!,
    childApp: columns.childApp![index]!,
    answeredBy: columns.answeredBy![index]!,
  };
}

function attemptAt(columns: AttemptColumns, index: number): RecordedAttempt {
  const stepId = columns.stepId![index]!;
  const dispatch = columns.id![index]!;
  return {
    id: uuidToStepId(dispatch),
    stepId: stepId === null ? null : uuidToStepId(stepId),
    attempt: columns.attempt![index]!,
    outcome: columns.outcome![index]!,
    ...timesAt(columns, index),
    dispatch,
    committedMs: columns.committedUs![index]! / 1_000,
  };
}

function timesAt(columns: TimesColumns, index: number): Omit<RecordedTimes, "dispatch"> {
  return {
    scheduledMs: msOf(columns.scheduledUs![index]!),
    leasedMs: msOf(columns.leasedUs![index]!),
    sentMs: msOf(columns.sentUs![index]!),
    firstByteMs: msOf(columns.firstByteUs![index]!),
    receivedMs: msOf(columns.receivedUs![index]!),
    appMs: columns.appMs![index]!,
  };
}

function msOf(us: number | null): number | null {
  return us === null ? null : us / 1_000;
}
