import { NO_STEP, stepIdToUuid, uuidToStepId } from "../domain/ids.ts";
import { plainArray, textArray } from "./array-literal.ts";
import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

export interface EventRef {
  readonly workspaceId: number;
  readonly eventId: string;
}

export interface RunRef {
  readonly workspaceId: number;
  readonly runId: string;
}

export interface WaitRef extends RunRef {
  /** 32 hex digits. */
  readonly stepId: string;
}

/** What came of holding events against waits. */
export interface Settled {
  /** Waits that were resolved. */
  readonly resolved: number;
  /** Runs that an event has cancelled. */
  readonly cancelled: readonly RunRef[];
}

interface SettledRow {
  o_resolved: number;
  o_cancelled_workspace: number[] | null;
  o_cancelled_run: string[] | null;
}

function toSettled({ o_resolved, o_cancelled_workspace, o_cancelled_run }: SettledRow): Settled {
  return {
    resolved: o_resolved,
    cancelled: (o_cancelled_run ?? []).map((runId, index) => ({
      workspaceId: o_cancelled_workspace![index]!,
      runId,
    })),
  };
}

/**
 * Holds events against the open waits, as far as that hangs on no condition. `conditional` are those where it does, oldest
 * first: they stay owed until `clearObligation`. Repeating it is harmless.
 */
export async function matchEvents(
  database: Database,
  events: readonly EventRef[],
): Promise<Settled & { readonly conditional: readonly EventRef[] }> {
  const [row] = await wrapStatement(
    "match_events",
    () => database.sql<(SettledRow & { o_conditional: string[] })[]>`
    select * from durable.match_events(${plainArray(events, (event) => event.workspaceId)}::int[],
      ${plainArray(events, (event) => event.eventId)}::uuid[])`,
  );
  const byId = new Map(events.map((event) => [event.eventId, event]));
  const conditional = [...new Set(row!.o_conditional)].map((eventId) => byId.get(eventId)!);
  return { ...toSettled(row!), conditional };
}

/** One awaited event of a wait. */
export interface OpenWait extends WaitRef {
  readonly key: string;
  /** Null where it has none. */
  readonly condition: string | null;
  /** The event that started the run, JSON text; null where the condition does not look at it. */
  readonly trigger: string | null;
}

/**
 * The waits that an event meets by name and match and that `matchEvents` has not settled, of up to `limit` runs after
 * `afterRun`: all of a run, in the order in which it asked for them.
 */
export async function findUndecidedWaits(
  { sql }: Database,
  { workspaceId, eventId }: EventRef,
  afterRun: string | undefined,
  limit: number,
): Promise<OpenWait[]> {
  const rows = await sql<
    { run_id: string; step_id: string; key: string; condition: string | null; trigger: string | null }[]
  >`
    select * from durable.undecided_waits(${workspaceId}::int, ${eventId}::uuid, ${afterRun ?? NO_STEP}::uuid,
      ${limit}::int)`;
  return rows.map(({ run_id: runId, step_id, ...row }) => ({
    workspaceId,
    runId,
    stepId: uuidToStepId(step_id),
    ...row,
  }));
}

/** A wait and an event that it meets by name and match. */
export interface Rival extends OpenWait {
  readonly eventId: string;
  /** JSON text. */
  readonly event: string;
}

/** The look-back of a wait has met an event: what of its run may take it, and what older events that is owed. */
export async function findRivals(
  { sql }: Database,
  { workspaceId, runId, stepId, key }: OpenWait,
  eventId: string,
): Promise<Rival[]> {
  const rows = await sql<
    {
      step_id: string;
      key: string;
      condition: string | null;
      trigger: string | null;
      event_id: string;
      event: string;
    }[]
  >`
    select * from durable.rivals(${workspaceId}::int, ${runId}::uuid, ${stepIdToUuid(stepId)}::uuid,
      ${key}::text, ${eventId}::uuid)`;
  return rows.map(({ step_id, event_id, ...row }) => ({
    workspaceId,
    runId,
    stepId: uuidToStepId(step_id),
    eventId: event_id,
    ...row,
  }));
}

/** An event as user code sees it, or null for an unknown one. */
export async function loadEventJson(
  { sql }: Database,
  { workspaceId, eventId }: EventRef,
): Promise<string | null> {
  const [row] = await sql<{ event: string }[]>`
    select durable.event_json(e) as event from durable.events e
    where e.workspace_id = ${workspaceId} and e.id = ${eventId}::uuid`;
  return row?.event ?? null;
}

/** An event that a wait's condition was asked about, and held (`failure` null) or could not be told. */
export interface Match extends WaitRef {
  readonly key: string;
  readonly eventId: string;
  /** JSON text. */
  readonly failure: string | null;
}

export async function settleMatches(database: Database, matches: readonly Match[]): Promise<Settled> {
  const [row] = await wrapStatement(
    "settle_matches",
    () => database.sql<SettledRow[]>`
    select * from durable.settle_matches(${plainArray(matches, (match) => match.workspaceId)}::int[],
      ${plainArray(matches, (match) => match.runId)}::uuid[],
      ${plainArray(matches, (match) => stepIdToUuid(match.stepId))}::uuid[],
      ${textArray(matches, (match) => match.key)}::text[],
      ${plainArray(matches, (match) => match.eventId)}::uuid[],
      ${textArray(matches, (match) => match.failure)}::text[])`,
  );
  return toSettled(row!);
}

/** The event was held against every wait, also those with a condition. */
export async function clearObligation({ sql }: Database, { workspaceId, eventId }: EventRef): Promise<void> {
  await sql`select durable.clear_obligation(${workspaceId}::int, ${eventId}::uuid)`;
}

/** Events that one wait walks over in all; beyond them it says that it did not. */
export const LOOK_BACK_EVENTS_MAX = 100_000;

export interface LookBackLimits {
  /** Events that one call walks over for one wait. */
  readonly perCall: number;
  /** Events that one wait walks over in all. */
  readonly inAll: number;
}

/**
 * Walks the past for the waits of these runs that nobody has looked back for, as far as one call goes. `left` counts what is
 * still to be walked: more of the past, or conditions that the caller evaluates.
 */
export async function lookBack(
  database: Database,
  runs: readonly RunRef[],
  { perCall, inAll }: LookBackLimits,
): Promise<Settled & { readonly left: number }> {
  const [row] = await wrapStatement(
    "look_back",
    () => database.sql<(SettledRow & { o_left: number })[]>`
    select * from durable.look_back(${plainArray(runs, (run) => run.workspaceId)}::int[],
      ${plainArray(runs, (run) => run.runId)}::uuid[], ${perCall}::int, ${inAll}::int)`,
  );
  return { ...toSettled(row!), left: row!.o_left };
}

/** A wait whose look-back asks conditions, its own or those of waits before it, and the events that it walks over next. */
export interface PastPage extends OpenWait {
  /** Which of its walks this is: what it says counts in no other. */
  readonly looks: number;
  readonly events: readonly {
    readonly eventId: string;
    /** JSON text where name and match fit; null where the condition need not be asked. */
    readonly event: string | null;
  }[];
}

export async function findPastEvents(
  { sql }: Database,
  runs: readonly RunRef[],
  perCall: number,
): Promise<PastPage[]> {
  const rows = await sql<
    {
      workspace_id: number;
      run_id: string;
      step_id: string;
      key: string;
      looks: number;
      condition: string | null;
      trigger: string | null;
      event_id: string | null;
      event: string | null;
    }[]
  >`
    select workspace_id, run_id, step_id, key, looks, condition, trigger, event_id, event
    from durable.past_events(${plainArray(runs, (run) => run.workspaceId)}::int[],
      ${plainArray(runs, (run) => run.runId)}::uuid[], ${perCall}::int)`;
  const pages = new Map<
    string,
    Omit<PastPage, "events"> & { readonly events: PastPage["events"][number][] }
  >();
  for (const row of rows) {
    const { workspace_id: workspaceId, run_id: runId, key, looks, condition, trigger } = row;
    const id = `${workspaceId}/${runId}/${row.step_id}/${key}`;
    const stepId = uuidToStepId(row.step_id);
    const page = pages.get(id) ?? { workspaceId, runId, stepId, key, looks, condition, trigger, events: [] };
    pages.set(id, page);
    if (row.event_id !== null) page.events.push({ eventId: row.event_id, event: row.event });
  }
  return [...pages.values()];
}

/** The look-back of a wait has met an event, `count` events on: it has passed it, and the first of these `matches` takes it. */
export async function settlePast(
  database: Database,
  { workspaceId, runId, stepId, key, looks }: PastPage,
  { eventId, count, matches }: { eventId: string; count: number; matches: readonly Match[] },
): Promise<Settled> {
  const [row] = await wrapStatement(
    "settle_past",
    () => database.sql<SettledRow[]>`
    select * from durable.settle_past(${workspaceId}::int, ${runId}::uuid, ${stepIdToUuid(stepId)}::uuid,
      ${key}::text, ${looks}::int, ${eventId}::uuid, ${count}::int,
      ${plainArray(matches, (match) => stepIdToUuid(match.stepId))}::uuid[],
      ${textArray(matches, (match) => match.key)}::text[],
      ${plainArray(matches, (match) => match.eventId)}::uuid[],
      ${textArray(matches, (match) => match.failure)}::text[])`,
  );
  return toSettled(row!);
}

/** This page of the past was walked over and nothing of it met the wait. */
export async function advanceLookBack(
  { sql }: Database,
  page: PastPage,
  { inAll }: LookBackLimits,
): Promise<void> {
  await sql`select durable.advance_look_back(${page.workspaceId}::int, ${page.runId}::uuid,
    ${stepIdToUuid(page.stepId)}::uuid, ${page.key}::text, ${page.looks}::int, ${page.events.at(-1)?.eventId ?? null}::uuid,
    ${page.events.length}::int, ${inAll}::int)`;
}

/** Obligations that an engine left behind: events older than `ageMs` that nobody held against the waits. */
export async function findEventObligations(
  database: Database,
  ageMs: number,
  limit: number,
): Promise<EventRef[]> {
  const rows = await database.sql<{ workspace_id: number; event_id: string }[]>`
    select workspace_id, event_id from durable.event_obligations
    where created_at <= clock_timestamp() - ${ageMs}::float8 * interval '1 millisecond' limit ${limit}`;
  return rows.map((row) => ({ workspaceId: row.workspace_id, eventId: row.event_id }));
}

/** Runs with waits that nobody has looked back for to the end. Fresh ones are among them; looking back twice is harmless. */
export async function findLookBackObligations(database: Database, limit: number): Promise<RunRef[]> {
  const rows = await database.sql<{ workspace_id: number; run_id: string }[]>`
    select distinct workspace_id, run_id from durable.waits where not looked_back limit ${limit}`;
  return rows.map((row) => ({ workspaceId: row.workspace_id, runId: row.run_id }));
}
