// The pages that people ask for are found by an index, whatever is asked: PLANS.md says what that costs among ten million.
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseRunQuery, type RunQuery } from "../../engine/src/domain/run-query.ts";
import { filterOf, findRuns } from "../../engine/src/runs/find-runs.ts";
import { PAGE_SETTINGS } from "../../engine/src/store/plan-settings.ts";
import { countRuns } from "../../engine/src/store/runs-counted.ts";
import { ofWholeTables } from "../support/plans.ts";
import { createDatabase, type TestDatabase } from "../support/postgres.ts";
import { generateRuns } from "./generate.ts";
import { plansOf, QUERIES } from "./pages.ts";

const RUNS = 60_000;

let database: TestDatabase;
let workspaceId = 0;
beforeAll(async () => {
  // A small table is read as a whole, and sorted, where a large one never is.
  database = await createDatabase({
    max: 1,
    settings: { ...PAGE_SETTINGS, enable_seqscan: "off", enable_sort: "off" },
  });
  workspaceId = (await generateRuns(database.sql, RUNS, () => {})).workspaceId;
});
afterAll(() => database.drop());

/** All that an index finds, put in order by hand. */
const SORTED =
  /-> {2}Sort\n(?: +Disabled: true\n)? +Sort Key: (?:x\.run_id|[^\n]+\n +-> {2}(?:Append|Index (?:Only )?Scan[^\n]* on runs\b))/;

test.each(QUERIES)("%s is found by %s, for its list and its counts", async (query, index) => {
  const plans = await plansOf(database, workspaceId, query);
  for (const plan of plans.map(ofWholeTables)) {
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/Seq Scan on (?:runs|events|live_runs|run_errors|children)\b/);
    // Each partition's index is walked from its end, not sorted; those of one event are few. What is sorted after it are LOOKED_AT_MAX at most.
    if (!query.includes("order-500")) expect(plan).not.toMatch(SORTED);
  }
});

// A page that shows what nearly all are stops when it is full; one that tests looks at LOOKED_AT_MAX, in four tables at most.
const ROWS_MAX = 45_000;
const ROWS_MAX_OF_FULL = 1_000;
const FULL = ["", "status:completed", "status:failed", "function:busy", "tag:import", "status:waiting"];

test("no page reads more rows than it may look at, among however many", async () => {
  for (const [query] of QUERIES) {
    const [list, counts] = await plansOf(
      database,
      workspaceId,
      query,
      "(analyze, timing off, summary off, buffers off, costs off)",
    );
    expect(rowsOf(list), `${query}:\n${list}`).toBeLessThan(
      FULL.includes(query) ? ROWS_MAX_OF_FULL : ROWS_MAX,
    );
    expect(rowsOf(counts), `${query}:\n${counts}`).toBeLessThan(ROWS_MAX);
  }
});

/** Rows that scans of tables gave, or read and left out. */
function rowsOf(plan: string): number {
  let rows = 0;
  let loops = 0;
  for (const line of plan.split("\n")) {
    const node = /(Index|Seq|Heap)(?: Only)? Scan.*\(actual rows=([\d.]+) loops=(\d+)\)/.exec(line);
    if (line.includes("->")) loops = Number(node?.[3] ?? 0);
    if (node !== null) rows += Number(node[2]) * loops;
    rows += Number(/Rows Removed by .*: (\d+)/.exec(line)?.[1] ?? 0) * loops;
  }
  return rows;
}

test("a page is planned for what it is asked, however often it was", async () => {
  for (const [query] of QUERIES)
    for (let time = 0; time < 8; time += 1) {
      const filter = await filterOf(database, workspaceId, parseRunQuery(query, Date.now()) as RunQuery);
      await findRuns(database, workspaceId, filter, { before: null, limit: 50 + time });
    }
  const plans = await database.sql<{ custom: number; generic: number }[]>`
    select sum(custom_plans)::int as custom, sum(generic_plans)::int as generic from pg_prepared_statements
    where cardinality(parameter_types) > 0`;
  expect(plans[0]!.custom).toBeGreaterThan(QUERIES.length);
  expect(plans[0]!.generic).toBe(0);
});

async function everyPage(query: string, limit = 200) {
  const filter = await filterOf(database, workspaceId, parseRunQuery(query, Date.now()) as RunQuery);
  const found = [];
  const lengths: number[] = [];
  for (let before: string | null = null; ; ) {
    const { runs, next } = await findRuns(database, workspaceId, filter, { before, limit });
    found.push(...runs);
    lengths.push(runs.length);
    if (next === null) return { found, lengths };
    before = next;
  }
}

test("pages that are short because so many were looked at go on, and nothing is left out", async () => {
  const { found, lengths } = await everyPage("version:1 status:completed function:fn-3");
  const [counted] = await database.sql<{ count: number }[]>`
    select count(*)::int as count from durable.runs where function_id = 'fn-3' and function_version = 1 and status = 'completed'`;
  expect(found).toHaveLength(counted!.count);
  const old = await everyPage("version:1");
  expect(old.lengths[0]).toBe(0);
  expect(new Set(old.found.map(({ id }) => id)).size).toBe(6_001);
  expect(old.found.every((run) => run.function_version === 1)).toBe(true);
  expect(lengths.length).toBeGreaterThan(0);
});

test("counts are exact, or say since when they are", async () => {
  const count = async (query: string) => {
    const filter = await filterOf(database, workspaceId, parseRunQuery(query, Date.now()) as RunQuery);
    return countRuns(database, workspaceId, filter!, Date.now(), 10);
  };
  const failed = await count("status:failed");
  expect(failed).toMatchObject({ byStatus: { failed: 1_800 }, isExact: true });
  expect(failed.bars.map(({ byStatus }) => byStatus.failed ?? 0).reduce((sum, one) => sum + one, 0)).toBe(
    1_800,
  );
  const all = await count("");
  expect(all.isExact).toBe(false);
  expect(Object.values(all.byStatus).reduce((sum, one) => sum + one, 0)).toBe(10_001);
  expect(await count("function:rare")).toMatchObject({ isExact: true, byStatus: { completed: 1 } });
  expect(await count("after:1d before:2d")).toMatchObject({ byStatus: {}, bars: [], isExact: true });
});
