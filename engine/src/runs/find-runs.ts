// Runs by what people type: a query becomes a filter, whose pages go on where the last one stopped looking.
import { isUuid } from "../domain/ids.ts";
import { invalidAt } from "../domain/problems.ts";
import { isQueryFlaw, parseRunQuery, type RunQuery, sayQueryFlaw } from "../domain/run-query.ts";
import { isDataPath } from "../domain/run-terms.ts";
import type { Database } from "../store/database.ts";
import { NO_FILTER, type RunFilter } from "../store/run-filter.ts";
import { findUndeclared } from "../store/run-terms.ts";
import { walkRuns } from "../store/run-walk.ts";
import { listRuns, type RunListed } from "../store/runs-listing.ts";

/** A query, and what is said beside it: as one. @throws Problem `validation` that names the place. */
export function readRunQuery(
  text: string,
  beside: Partial<RunFilter>,
  nowMs: number,
): RunQuery & Pick<RunFilter, "ids"> {
  const read = parseRunQuery(text, nowMs);
  if (isQueryFlaw(read)) throw invalidAt("?q", sayQueryFlaw(text, read));
  const said = Object.entries(beside).filter(([, value]) => value !== null && value !== undefined);
  const twice = said.find(([name]) => (read[name as keyof RunQuery] ?? null) !== null);
  if (twice !== undefined)
    throw invalidAt(
      "?q",
      `The query says what "${NAMED[twice[0]] ?? twice[0]}" says beside it: say it once.`,
    );
  return { ids: null, ...read, ...Object.fromEntries(said) };
}

const NAMED: Record<string, string> = {
  statuses: "status",
  functionId: "function",
  fromMs: "from",
  toMs: "to",
};

/**
 * Ids of events are looked up. One that is not in this workspace leaves no run.
 * @throws Problem `validation` for a path that no function declares.
 */
export async function filterOf(
  database: Database,
  workspaceId: number,
  { anyId, eventId, ...query }: RunQuery & Partial<Pick<RunFilter, "ids">>,
): Promise<RunFilter> {
  const { sql } = database;
  const paths = query.terms.flatMap(([name]) => (isDataPath(name) ? [name] : []));
  const undeclared = paths.length === 0 ? null : await findUndeclared(database, workspaceId, paths);
  if (undeclared !== null)
    throw invalidAt(
      "?q",
      `No function declares "${undeclared}", so no run is found by it. Declare it, createFunction({ searchable: ["${undeclared}"] }): what starts after the next sync is found.`,
    );
  if (anyId === null && eventId === null) return { ...NO_FILTER, ...query };
  const [row] = await sql<{ run: string | null; any_event: string | null; event: string | null }[]>`
    select (select r.id from durable.runs r where r.workspace_id = ${workspaceId}
        and r.id = ${anyId !== null && isUuid(anyId) ? anyId : null}::uuid) as run,
      durable.event_by_id(${workspaceId}::int, ${anyId}::text) as any_event,
      durable.event_by_id(${workspaceId}::int, ${eventId}::text) as event`;
  const { run, any_event, event } = row!;
  if (eventId !== null && event === null) return { ...NO_FILTER, ids: [] };
  const filter = { ...NO_FILTER, ...query, eventId: event };
  if (anyId === null) return filter;
  if (run !== null) return { ...filter, ids: [run] };
  return any_event === null ? { ...NO_FILTER, ids: [] } : { ...filter, eventId: any_event };
}

export interface RunsFound {
  readonly runs: readonly RunListed[];
  /** Where to go on; null: there is no more. */
  readonly next: string | null;
}

/** The newest first. A page can be short although there are more: so many runs were looked at. */
export async function findRuns(
  database: Database,
  workspaceId: number,
  filter: RunFilter,
  page: { readonly before: string | null; readonly limit: number },
): Promise<RunsFound> {
  const { before, limit } = page;
  const found = await listRuns(database, workspaceId, { ...filter, before, limit: limit + 1 });
  const runs = found.slice(0, limit);
  if (found.length > limit) return { runs, next: runs.at(-1)!.id };
  const { looked, lookedMax } = walkRuns(database, workspaceId, filter, { before, limit });
  if (lookedMax === null) return { runs, next: null };
  const [last] = await database.sql<
    { id: string }[]
  >`select w.id from ${looked} as w order by w.id desc offset ${lookedMax - 1} limit 1`;
  return { runs, next: last?.id ?? null };
}
