import { NO_STEP, stepIdToUuid } from "../domain/ids.ts";
import { type AttemptEntry, type Effect, isSettled, type StepEntry } from "../domain/outcome.ts";
import { type Column, literals, placeholders, plain, text, typesOf } from "./columns.ts";
import { type CommitItem, type CommitResult, type CommitState, isPlainItem } from "./commit-item.ts";
import type { Database } from "./database.ts";
import { TIMES } from "./dispatch-times.ts";
import {
  EVENT_COLUMNS,
  EventRows,
  RARE_BIRTH_TYPES,
  REGISTRY_COLUMNS,
  RUN_COLUMNS,
  rareBirthLiterals,
  TRACE_COLUMNS,
} from "./event-rows.ts";
import { wrapStatement } from "./fault-database.ts";
import { commitLoneSteps, isLoneStep } from "./lone-steps.ts";

/**
 * The whole commit of a group in one statement: the light one where each item is a lone step; what that passes over goes
 * the way of all. `items` must be sorted by (workspace, run): that is the lock order. Answers one result per item, in
 * order. Safe to repeat after an unknown outcome.
 */
export async function commitOutcomes(
  database: Database,
  engineId: number,
  items: readonly CommitItem[],
): Promise<CommitResult[]> {
  if (!items.every(isLoneStep)) return commitGroup(database, engineId, items);
  const heads = await commitLoneSteps(database, items);
  const others = items.filter((_, index) => heads[index] === null);
  const results = others.length === 0 ? [] : await commitGroup(database, engineId, others);
  return heads.map((head) => (head === null ? results.shift()! : { state: "applied", journalSeq: head }));
}

async function commitGroup(
  database: Database,
  engineId: number,
  items: readonly CommitItem[],
): Promise<CommitResult[]> {
  const parameters = [engineId, ...literals(ITEM, items), ...literals(STEP, stepRows(items))];
  const isPlain = items.every(isPlainItem);
  if (!isPlain) parameters.push(...rareLiterals(items));
  const [row] = await wrapStatement("commit_outcomes", () =>
    database.sql.unsafe<{ answer: string }[]>(isPlain ? PLAIN_CALL : WHOLE_CALL, parameters, {
      prepare: true,
    }),
  );
  const [states, seqs] = row!.answer.split(" ").map((list) => list.split(",")) as [CommitState[], string[]];
  return states.map((state, index) => ({ state, journalSeq: Number(seqs[index]) }));
}

/** Something of an item; `item` is the item's number, from 1. */
interface Of<Entry> {
  readonly item: number;
  readonly entry: Entry;
}

interface StepRow extends Of<StepEntry> {
  /** Its place among the settled ones of its item, from 1. */
  readonly ordinal: number | null;
}

// The parameters of durable.commit_outcomes, in its order.

const ITEM: readonly Column<CommitItem>[] = [
  plain("int", (item) => item.workspaceId),
  plain("uuid", (item) => item.runId),
  plain("uuid", (item) => item.fence),
  plain("uuid", (item) => item.nextFence),
  plain("int", (item) => item.knownSeq),
  plain("int", (item) => countSettled(item.outcome.steps)),
  plain("text", (item) => item.outcome.kind),
  text((item) => item.outcome.result),
  plain("int", (item) => item.outcome.unclaimed),
  plain("boolean", (item) => item.mayHavePending),
  plain("int", (item) => item.outcome.runAttempt),
  plain("int", (item) => item.outcome.transportAttempt),
  plain("float8", (item) => item.outcome.retryMs),
  ...TIMES,
];

const STEP: readonly Column<StepRow>[] = [
  plain("int", (row) => row.item),
  plain("int", (row) => row.ordinal),
  plain("uuid", (row) => stepIdToUuid(row.entry.id)),
  plain("text", (row) => row.entry.op),
  text((row) => row.entry.name),
  plain("int", (row) => row.entry.n),
  plain("text", (row) => row.entry.status),
  text((row) => row.entry.value),
  text((row) => row.entry.failure),
  plain("int", (row) => row.entry.attempt),
  plain("float8", (row) => row.entry.dueMs),
  plain("float8", (row) => (row.entry.dueAtEpochMs === null ? null : row.entry.dueAtEpochMs / 1000)),
];

// Each parameter costs both sides about a microsecond, so those that most groups have nothing for are left out there.

const ATTEMPT: readonly Column<Of<AttemptEntry>>[] = [
  plain("int", (row) => row.item),
  plain("uuid", (row) => (row.entry.stepId === null ? NO_STEP : stepIdToUuid(row.entry.stepId))),
  plain("int", (row) => row.entry.attempt),
  plain("text", (row) => row.entry.outcome),
  text((row) => row.entry.failure),
];

const EFFECT: readonly Column<Of<Effect>>[] = [
  plain("int", (row) => row.item),
  plain("text", (row) => row.entry.kind),
  plain("uuid", (row) => (row.entry.stepId === null ? NO_STEP : stepIdToUuid(row.entry.stepId))),
  text((row) => row.entry.data),
];

const SCOPE: readonly Column<StepRow>[] = [
  plain("uuid", ({ entry }) => (entry.scope === undefined ? null : stepIdToUuid(entry.scope))),
];

const PLAIN = ["int", ...typesOf(ITEM, STEP)];
const RARE = typesOf(ATTEMPT, REGISTRY_COLUMNS, EVENT_COLUMNS, RUN_COLUMNS, EFFECT, SCOPE, TRACE_COLUMNS);
const PLAIN_CALL = `select durable.commit_outcomes(${placeholders(PLAIN)}) as answer`;
const BIRTHS = `row(${placeholders(RARE_BIRTH_TYPES, PLAIN.length + RARE.length)})::durable.rare_births`;
const WHOLE_CALL = `select durable.commit_outcomes(${placeholders(PLAIN)},
  row(${placeholders(RARE, PLAIN.length)}, ${BIRTHS})::durable.rare_outcomes) as answer`;

function rareLiterals(items: readonly CommitItem[]): string[] {
  // A lost item sends nothing, so its events go by its number.
  const events = new EventRows();
  for (const [index, item] of items.entries()) {
    if (item.events !== null) events.append(item.events, index + 1);
  }
  return [
    ...literals(
      ATTEMPT,
      items.flatMap(({ outcome }, index) => outcome.attempts.map((entry) => ({ item: index + 1, entry }))),
    ),
    ...literals(REGISTRY_COLUMNS, events.registry),
    ...literals(EVENT_COLUMNS, events.entries),
    ...literals(RUN_COLUMNS, events.runs),
    ...literals(
      EFFECT,
      items.flatMap(({ outcome }, index) => outcome.effects.map((entry) => ({ item: index + 1, entry }))),
    ),
    ...literals(SCOPE, stepRows(items)),
    ...literals(TRACE_COLUMNS, events.traced),
    ...rareBirthLiterals(events, "commit"),
  ];
}

function stepRows(items: readonly CommitItem[]): StepRow[] {
  const rows: StepRow[] = [];
  for (let index = 0; index < items.length; index += 1) {
    let ordinal = 0;
    for (const entry of items[index]!.outcome.steps) {
      rows.push({ item: index + 1, ordinal: isSettled(entry) ? ++ordinal : null, entry });
    }
  }
  return rows;
}

function countSettled(steps: readonly StepEntry[]): number {
  let count = 0;
  for (const step of steps) if (isSettled(step)) count += 1;
  return count;
}
