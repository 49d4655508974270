import { parseRunQuery, type RunQuery } from "../../engine/src/domain/run-query.ts";
import { filterOf, findRuns } from "../../engine/src/runs/find-runs.ts";
import type { Database } from "../../engine/src/store/database.ts";
import { countOfRuns, countRuns } from "../../engine/src/store/runs-counted.ts";
import { pageOfRuns } from "../../engine/src/store/runs-listing.ts";

export const PAGE_RUNS = 50;
export const BARS = 60;
export const BUDGET_MS = 50;

/** What people ask, and the index that finds it. */
export const QUERIES: readonly (readonly [query: string, index: string])[] = [
  ["", "runs_pkey"],
  ["after:2d before:1d", "runs_pkey"],
  ["function:busy", "runs_by_function"],
  ["function:fn-7", "runs_by_function"],
  ["function:rare", "runs_by_function"],
  ["function:none", "runs_by_function"],
  ["status:failed", "runs_by_bad_end"],
  ["status:cancelled", "runs_by_bad_end"],
  ["status:completed", "runs_pkey"],
  ["status:failed,cancelled", "runs_pkey"],
  ["status:paused", "runs_paused"],
  ["status:running", "live_runs_pkey"],
  ["status:failed function:fn-7", "runs_by_function_bad_end"],
  ["status:failed function:rare", "runs_by_function_bad_end"],
  ["status:completed function:rare", "runs_by_function"],
  ["function:busy version:1", "runs_by_function"],
  ["version:1", "runs_pkey"],
  ["deployment:blue", "runs_pkey"],
  ["error:0000000000000007", "run_errors_by_group"],
  ["error:0000000000000007 status:failed function:busy", "run_errors_by_group"],
  ["event:order-500", "runs_pkey"],
  ["order-500", "runs_pkey"],
  ["key:42", "live_runs_pkey"],
  ["status:waiting", "live_runs_pkey"],
  ["status:waiting function:busy", "runs_by_function"],
  ["error:Error", "runs_pkey"],
  ["status:failed error:CardError", "runs_by_bad_end"],
  ["tag:import", "run_terms_by_value"],
  ["tag:rare function:fn-7", "run_terms_by_value"],
  ["tag:import status:failed", "run_terms_by_value"],
  ["data.user.id:1230", "run_terms_by_value"],
  ["data.user.id:1230 tag:import", "run_terms_by_value"],
];

export interface PageTaken {
  readonly query: string;
  readonly found: number;
  readonly isLast: boolean;
  /** Of the list, then of the counts: the fastest of several, for the machine may have other work. */
  readonly listMs: number;
  readonly countMs: number;
}

const ROUNDS = 10;

export async function takePage(database: Database, workspaceId: number, query: string): Promise<PageTaken> {
  const list = async () => {
    const filter = await filterOf(database, workspaceId, parsed(query));
    return findRuns(database, workspaceId, filter, { before: null, limit: PAGE_RUNS });
  };
  const count = async () => {
    const filter = await filterOf(database, workspaceId, parsed(query));
    if (filter !== null) await countRuns(database, workspaceId, filter, Date.now(), BARS);
  };
  const { runs, next } = await list();
  return {
    query,
    found: runs.length,
    isLast: next === null,
    listMs: await fastestMs(list),
    countMs: await fastestMs(count),
  };
}

/** How Postgres does it: the list's plan, then that of the counts. */
export async function plansOf(
  database: Database,
  workspaceId: number,
  query: string,
  options = "(costs off)",
): Promise<[string, string]> {
  const filter = await filterOf(database, workspaceId, parsed(query));
  if (filter === null) return ["", ""];
  const { sql } = database;
  const page = pageOfRuns(database, workspaceId, { ...filter, before: null, limit: PAGE_RUNS + 1 });
  const counts = countOfRuns(database, workspaceId, filter, Date.now(), BARS);
  return [
    await text(sql`explain ${sql.unsafe(options)} ${page}`),
    await text(sql`explain ${sql.unsafe(options)} ${counts}`),
  ];
}

async function text(rows: PromiseLike<readonly object[]>): Promise<string> {
  return (await rows).map((row) => Object.values(row)[0]).join("\n");
}

function parsed(query: string): RunQuery {
  return parseRunQuery(query, Date.now()) as RunQuery;
}

async function fastestMs(take: () => Promise<unknown>): Promise<number> {
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await take();
    times.push(performance.now() - began);
  }
  return Math.min(...times);
}
