// Lines of all runs of a workspace, the newest first: by the index, so far back as is looked, and of nobody else.
import { afterAll, beforeAll, expect, test } from "vitest";
import { LOG_LINES_LOOKED_MAX, type LogHistoryFilter, listLogHistory } from "../../engine/src/store/logs.ts";
import { makeLongRun } from "../support/long-run.ts";
import { ofWholeTables } from "../support/plans.ts";
import { createDatabase, type TestDatabase } from "../support/postgres.ts";

let database: TestDatabase;
let mine: { readonly workspaceId: number; readonly runId: string };
let second: { readonly workspaceId: number; readonly runId: string };

const ALL: LogHistoryFilter = {
  before: null,
  after: null,
  levels: null,
  functionId: null,
  text: null,
  limit: 10,
};
const look = (filter: Partial<LogHistoryFilter> = {}, workspaceId = mine.workspaceId) =>
  listLogHistory(database, workspaceId, { ...ALL, ...filter });

async function say(
  { workspaceId, runId }: typeof mine,
  lines: readonly { step?: number; level?: string; message: string; data?: string }[],
): Promise<void> {
  for (const [index, { step = 1, level = "info", message, data = null }] of lines.entries())
    await database.sql`insert into durable.logs (workspace_id, run_id, step_id, attempt, no, level, message, data, at)
      values (${workspaceId}, ${runId}, md5(${String(step)})::uuid, 1, ${index + 1}, ${level}, ${message}, ${data}, now())`;
}

beforeAll(async () => {
  database = await createDatabase({ max: 1 });
  const { sql } = database;
  mine = await makeLongRun(database, "mine", "test", 2);
  second = { ...mine, runId: crypto.randomUUID() };
  await sql`insert into durable.runs (workspace_id, id, function_id, function_version, event_id, status, created_at)
    select workspace_id, ${second.runId}, 'g', 1, event_id, 'completed', now() from durable.runs where id = ${mine.runId}`;
  await sql`insert into durable.steps (workspace_id, run_id, step_id, op, name, n, status)
    values (${second.workspaceId}, ${second.runId}, md5('1')::uuid, 'run', 'refund', 0, 'ok')`;
  const theirs = await makeLongRun(database, "theirs", "test", 1);
  await say(mine, [{ message: "one" }, { message: "two", level: "warn", step: 2 }]);
  await say(theirs, [{ message: "not yours" }]);
  await say(second, [
    { message: "Three", level: "error" },
    { message: "four", data: '{"card":"Stolen"}' },
  ]);
  await say(mine, [{ message: "five", level: "debug" }]);
});
afterAll(() => database.drop());

const messages = (page: Awaited<ReturnType<typeof look>>) => page.lines.map(({ message }) => message);

test("pages go back from the newest line to the first, each line once, and none of another workspace", async () => {
  const all = await look();
  expect(messages(all)).toEqual(["five", "four", "Three", "two", "one"]);
  expect(all.next).toBeNull();
  expect(all.lines[1]).toMatchObject({ run: second.runId, function: "g", step: { name: "refund", n: 0 } });
  const pages: string[][] = [];
  for (let before: string | null = null, isMore = true; isMore; ) {
    const page = await look({ before, limit: 2 });
    pages.push(messages(page));
    before = page.next;
    isMore = before !== null;
  }
  expect(pages).toEqual([["five", "four"], ["Three", "two"], ["one"]]);
  expect(messages(await look({ after: all.lines[2]!.id }))).toEqual(["five", "four"]);
});

test.each([
  [{ levels: ["warn", "error"] as const }, ["Three", "two"]],
  [{ functionId: "g" }, ["four", "Three"]],
  [{ text: "three" }, ["Three"]],
  [{ text: "sTOLEN" }, ["four"]],
  [{ text: "refund" }, ["four", "Three"]],
  [{ text: "f%" }, []],
  [{ functionId: "g", levels: ["error"] as const, text: "E" }, ["Three"]],
])("%j", async (filter, found) => {
  const page = await look(filter);
  expect(messages(page)).toEqual(found);
  expect(page.next).toBeNull();
});

test("who looks for what is rare is told how far it was looked, and goes on from there", async () => {
  await database.sql`insert into durable.logs (workspace_id, run_id, step_id, attempt, no, level, message, at)
    select ${mine.workspaceId}, ${mine.runId}, md5('1')::uuid, 1, q, 'info', 'again', now()
    from generate_series(1, ${LOG_LINES_LOOKED_MAX}::int) as q`;
  const page = await look({ text: "two" });
  expect(messages(page)).toEqual([]);
  expect(page.next).not.toBeNull();
  expect(messages(await look({ text: "two", before: page.next }))).toEqual(["two"]);
});

test("a page is read from the end of the workspace's index, however many lines there are", async () => {
  const { sql } = database;
  await sql`analyze durable.logs`;
  const rows = await sql<{ "QUERY PLAN": string }[]>`
    explain (costs off) select l.* from (select q.* from durable.logs q where q.workspace_id = ${mine.workspaceId} order by q.id desc
      limit 20000) as l where l.level = 'error' order by l.id desc limit 11`;
  const plan = ofWholeTables(rows.map((row) => row["QUERY PLAN"]).join("\n"));
  expect(plan).toMatch(/Index Scan Backward using logs_by_workspace/);
  expect(plan).not.toMatch(/-> {2}Sort|Seq Scan/);
  await sql`select pg_stat_force_next_flush()`;
  const read = async () => {
    await sql`select pg_stat_force_next_flush()`;
    const [row] = await sql<{ rows: number }[]>`
      select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::float8 as rows from pg_stat_user_tables
      where schemaname = 'durable' and relname ~ '^logs_'`;
    return row!.rows;
  };
  const before = await read();
  expect((await look({ limit: 100 })).lines).toHaveLength(100);
  expect((await read()) - before).toBeLessThan(300);
});
