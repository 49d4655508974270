import { schemaFlaws, sentenceOfFlaws } from "../registry/json-schemas.ts";
import type { FunctionEntry, WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { SkipRow } from "../store/event-rows.ts";
import type { IncomingEvent } from "./event-row.ts";

/** What an event means to the functions that name it, in the order of their ids. */
export interface Matched {
  readonly starts: readonly FunctionEntry[];
  /** They name it, and it starts no run of them: shown, so that nobody looks for a run that never was. */
  readonly skips: readonly Omit<SkipRow, "id">[];
}

const NOTHING: Matched = { starts: [], skips: [] };

export function matchEvent(workspace: WorkspaceEntry, event: IncomingEvent): Matched {
  if (event.target !== undefined) {
    // Its data was checked where it was made. Gone since: no run, and who asked for one is told.
    const target = workspace.functions.get(event.target);
    return target === undefined ? NOTHING : { starts: [target], skips: [] };
  }
  const named = workspace.byEventName.get(event.name);
  if (named === undefined) return NOTHING;
  if (named.every(({ input }) => input === null)) return { starts: named, skips: [] };
  const starts: FunctionEntry[] = [];
  const skips: Omit<SkipRow, "id">[] = [];
  for (const fn of named) {
    const flaws = fn.input === null ? [] : schemaFlaws(fn.input, event.data);
    if (flaws.length === 0) starts.push(fn);
    else skips.push({ functionId: fn.id, reason: "schema", detail: skipSentence(fn, flaws) });
  }
  return { starts, skips };
}

function skipSentence(fn: FunctionEntry, flaws: Parameters<typeof sentenceOfFlaws>[0]): string {
  return `The event's data does not fit the input of "${fn.id}" (version ${fn.version}): ${sentenceOfFlaws(flaws)}`;
}
