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
 * Holds events against the open waits without a condition. `conditional` are those that meet waits with one: they stay
 * owed until `clearObligation`. Repeating it is harmless.
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
  const conditional = new Set(row!.o_conditional);
  return { ...toSettled(row!), conditional: events.filter(({ eventId }) => conditional.has(eventId)) };
}

/** One awaited event of a wait that has a condition. */
export interface ConditionalWait extends WaitRef {
  readonly key: string;
  readonly condition: string;
  /** The event that started the run, JSON text; null where the condition does not look at it. */
  readonly trigger: string | null;
}

/** A page of the waits with a condition that an event meets by name and match. */
export async function findConditionalWaits(
  { sql }: Database,
  { workspaceId, eventId }: EventRef,
  after: ConditionalWait | undefined,
  limit: number,
): Promise<ConditionalWait[]> {
  const rows = await sql<
    { run_id: string; step_id: string; key: string; condition: string; trigger: string | null }[]
  >`
    select * from durable.conditional_waits(${workspaceId}::int, ${eventId}::uuid,
      ${after?.runId ?? NO_STEP}::uuid, ${after === undefined ? NO_STEP : stepIdToUuid(after.stepId)}::uuid,
      ${after?.key ?? ""}::text, ${limit}::int)`;
  return rows.map((row) => ({
    workspaceId,
    runId: row.run_id,
    stepId: uuidToStepId(row.step_id),
    key: row.key,
    condition: row.condition,
    trigger: row.trigger,
  }));
}

/** An awaited event of a run, with or without a condition. */
export type OpenWait = Omit<ConditionalWait, "condition"> & { readonly condition: string | null };

/** The waits of its run that an event meets by name and match which the look-back of one of them has met. */
export async function findRivals(
  { sql }: Database,
  { workspaceId, runId, stepId, key }: ConditionalWait,
  eventId: string,
): Promise<OpenWait[]> {
  const rows = await sql<
    { step_id: string; key: string; condition: string | null; trigger: string | null }[]
  >`
    select * from durable.run_waits(${workspaceId}::int, ${runId}::uuid, ${stepIdToUuid(stepId)}::uuid,
      ${key}::text, ${eventId}::uuid)`;
  return rows.map(({ step_id, ...row }) => ({ workspaceId, runId, stepId: uuidToStepId(step_id), ...row }));
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
 * Walks the past for waits that nobody has looked back for, as far as one call goes. `left` counts what is still to be
 * walked: more of the past, or conditions that the caller evaluates.
 */
export async function lookBack(
  database: Database,
  waits: readonly WaitRef[],
  { perCall, inAll }: LookBackLimits,
): Promise<Settled & { readonly left: number }> {
  const [row] = await wrapStatement(
    "look_back",
    () => database.sql<(SettledRow & { o_left: number })[]>`
    select * from durable.look_back(${plainArray(waits, (wait) => wait.workspaceId)}::int[],
      ${plainArray(waits, (wait) => wait.runId)}::uuid[],
      ${plainArray(waits, (wait) => stepIdToUuid(wait.stepId))}::uuid[], ${perCall}::int, ${inAll}::int)`,
  );
  return { ...toSettled(row!), left: row!.o_left };
}

/** A wait with a condition, and the events of the past that it walks over next. */
export interface PastPage extends ConditionalWait {
  readonly events: readonly {
    readonly eventId: string;
    /** JSON text where name and match fit; null where the condition need not be asked. */
    readonly event: string | null;
  }[];
}

export async function findPastEvents(
  { sql }: Database,
  waits: readonly WaitRef[],
  perCall: number,
): Promise<PastPage[]> {
  const rows = await sql<
    {
      workspace_id: number;
      run_id: string;
      step_id: string;
      key: string;
      condition: string;
      trigger: string | null;
      event_id: string | null;
      event: string | null;
    }[]
  >`
    select workspace_id, run_id, step_id, key, condition, trigger, event_id, event
    from durable.past_events(${plainArray(waits, (wait) => wait.workspaceId)}::int[],
      ${plainArray(waits, (wait) => wait.runId)}::uuid[],
      ${plainArray(waits, (wait) => stepIdToUuid(wait.stepId))}::uuid[], ${perCall}::int)`;
  const pages = new Map<
    string,
    Omit<PastPage, "events"> & { readonly events: PastPage["events"][number][] }
  >();
  for (const row of rows) {
    const { workspace_id: workspaceId, run_id: runId, key, condition, trigger } = row;
    const id = `${workspaceId}/${runId}/${row.step_id}/${key}`;
    const stepId = uuidToStepId(row.step_id);
    const page = pages.get(id) ?? { workspaceId, runId, stepId, key, condition, trigger, events: [] };
    pages.set(id, page);
    if (row.event_id !== null) page.events.push({ eventId: row.event_id, event: row.event });
  }
  return [...pages.values()];
}

/**
 * The look-back of a wait has met an event, `count` events on: it has passed it, and the first of the run's waits that
 * meet it and have passed it takes it.
 */
export async function settlePast(
  database: Database,
  { workspaceId, runId, stepId, key }: PastPage,
  { eventId, count, matches }: { eventId: string; count: number; matches: readonly Match[] },
): Promise<Settled> {
  const [row] = await wrapStatement(
    "settle_past",
    () => database.sql<SettledRow[]>`
    select * from durable.settle_past(${workspaceId}::int, ${runId}::uuid, ${stepIdToUuid(stepId)}::uuid,
      ${key}::text, ${eventId}::uuid, ${count}::int,
      ${plainArray(matches, (match) => stepIdToUuid(match.stepId))}::uuid[],
      ${textArray(matches, (match) => match.key)}::text[],
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
    ${stepIdToUuid(page.stepId)}::uuid, ${page.key}::text, ${page.events.at(-1)?.eventId ?? null}::uuid,
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

/** The same for waits. Freshly committed ones are among them; looking back twice is harmless. */
export async function findLookBackObligations(database: Database, limit: number): Promise<WaitRef[]> {
  const rows = await database.sql<{ workspace_id: number; run_id: string; step_id: string }[]>`
    select distinct workspace_id, run_id, step_id from (
      select workspace_id, run_id, step_id from durable.waits where not looked_back limit ${limit}) as w`;
  return rows.map((row) => ({
    workspaceId: row.workspace_id,
    runId: row.run_id,
    stepId: uuidToStepId(row.step_id),
  }));
}
