import { type Fact, fact } from "../domain/expressions.ts";
import type { RunGates } from "../domain/gates.ts";
import { HELD_MAX, type Pause, pausesOf, whatIsPaused } from "../domain/pause.ts";
import type { RunOrder } from "../domain/run-order.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import { schemaFlaws, sentenceOfFlaws } from "../registry/json-schemas.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { SkipRow } from "../store/event-rows.ts";
import { unmet } from "./facts-of.ts";
import { behind, gatesOf } from "./gates-of.ts";
import type { IncomingEvent } from "./incoming-event.ts";
import { orderOf } from "./order-of.ts";
import { shapesOf } from "./shapes-of.ts";

export interface Start {
  readonly fn: FunctionEntry;
  readonly gates: RunGates | null;
  /** JSON of the shapes that the event must take; null for a function without. */
  readonly shapes: string | null;
  readonly order: RunOrder | null;
  /** Its jobs are held until a person resumes something. */
  readonly isPaused: boolean;
}

/** What an event means to the functions that name it, in the order of their ids. */
export interface Matched {
  readonly starts: readonly Start[];
  /** They name it, and it starts no run of them: shown, so that nobody looks for a run that never was. */
  readonly skips: readonly Omit<SkipRow, "id">[];
}

const NOTHING: Matched = { starts: [], skips: [] };

/** @param json The event as user code sees it; asked for only where an expression looks at it. */
export function matchEvent(workspace: WorkspaceEntry, event: IncomingEvent, json: () => string): Matched {
  let parsed: Fact | null = null;
  const look = () => {
    parsed ??= fact(json());
    return parsed;
  };
  if (event.target !== undefined) {
    // Its data was checked where it was made. Gone since: no run, and who asked for one is told.
    const target = workspace.functions.get(event.target);
    if (event.tick !== undefined) {
      return unlessFull(workspace, matchTick(event.target, target, event.tick, event.data, look));
    }
    // Somebody waits for it, so there is always room.
    return target === undefined ? NOTHING : unlessFull(workspace, startOrSkip(target, look), false);
  }
  const listeners = workspace.listeners.of(event.name);
  if (listeners.length === 0) return NOTHING;
  const starts: Start[] = [];
  const skips: Omit<SkipRow, "id">[] = [];
  for (const { fn, filters } of listeners) {
    const why = filters === null ? null : unmet(filters, look());
    if (why !== null) {
      skips.push({ functionId: fn.id, ...why });
      continue;
    }
    const flaws = fn.input === null ? [] : schemaFlaws(fn.input, event.data);
    if (flaws.length > 0) {
      skips.push({ functionId: fn.id, reason: "schema", detail: skipSentence(fn, flaws), facts: null });
      continue;
    }
    const one = startOrSkip(fn, look);
    starts.push(...one.starts);
    skips.push(...one.skips);
  }
  return unlessFull(workspace, { starts, skips });
}

/** What is paused is held, and only so much of it. */
function unlessFull({ pauses }: WorkspaceEntry, matched: Matched, isBounded = true): Matched {
  if (pauses.length === 0) return matched;
  const starts: Start[] = [];
  const skips = [...matched.skips];
  for (const start of matched.starts) {
    const own = pausesOf(pauses, start.fn.id, start.gates, start.order);
    const full = isBounded ? own.find(({ isFull }) => isFull) : undefined;
    if (full === undefined) starts.push({ ...start, isPaused: own.length > 0 });
    else skips.push(pausedSkip(start.fn, full));
  }
  return { starts, skips };
}

function pausedSkip({ id: functionId }: FunctionEntry, pause: Pause): Omit<SkipRow, "id"> {
  const { by, since } = pause;
  return {
    functionId,
    reason: "paused",
    detail: `No run of "${functionId}" was started, because ${whatIsPaused(pause)} is paused by ${by} since ${since}, and ${HELD_MAX.toLocaleString("en-US")} jobs are held already.`,
    facts: JSON.stringify({ pause: pause.id, held: HELD_MAX }),
  };
}

/** Of a tick that is accepted there is always a run or a skip. */
function matchTick(
  functionId: string,
  fn: FunctionEntry | undefined,
  { gate, skip }: NonNullable<IncomingEvent["tick"]>,
  data: string,
  event: () => Fact,
): Matched {
  if (skip !== null) return { starts: [], skips: [{ functionId, ...skip }] };
  if (fn === undefined) {
    const detail = `The app serves no function "${functionId}" any more.`;
    return { starts: [], skips: [{ functionId, reason: "missed", detail, facts: null }] };
  }
  const flaws = fn.input === null ? [] : schemaFlaws(fn.input, data);
  if (flaws.length > 0) {
    return {
      starts: [],
      skips: [{ functionId, reason: "schema", detail: skipSentence(fn, flaws), facts: null }],
    };
  }
  const { starts, skips } = startOrSkip(fn, event);
  if (gate === null) return { starts, skips };
  return { starts: starts.map((start) => ({ ...start, gates: behind(gate, start.gates) })), skips };
}

function startOrSkip(fn: FunctionEntry, event: () => Fact): Matched {
  const gates = gatesOf(fn, event);
  if (typeof gates === "string") return skip(fn, gates);
  const order = orderOf(fn, gates, event);
  if (typeof order === "string") return skip(fn, order);
  const shapes = shapesOf(fn, event);
  return shapes.ok
    ? { starts: [{ fn, gates, order, shapes: shapes.json, isPaused: false }], skips: [] }
    : skip(fn, shapes.detail);
}

function skip(fn: FunctionEntry, detail: string): Matched {
  return { starts: [], skips: [{ functionId: fn.id, reason: "limit", detail, facts: null }] };
}

function skipSentence(fn: FunctionEntry, flaws: Parameters<typeof sentenceOfFlaws>[0]): string {
  return `The event's data does not fit the input of "${fn.id}" (version ${fn.version}): ${sentenceOfFlaws(flaws)}`;
}
