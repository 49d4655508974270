// What a run of many steps costs to read: little for each of them, all in one statement, and never so long that others wait.
import { afterAll, beforeAll, expect, test } from "vitest";
import { partitionRun } from "../../engine/src/domain/run-time.ts";
import { writeAnswer } from "../../engine/src/http/write-answer.ts";
import { showRun } from "../../engine/src/runs/show-run.ts";
import { loadRecorded, recordedRun } from "../../engine/src/store/recorded-runs.ts";
import { type AttemptStored, loadRun } from "../../engine/src/store/runs-listing-detail.ts";
import { makeLongRun } from "../support/long-run.ts";
import { createDatabase, type TestDatabase } from "../support/postgres.ts";

const STEPS = 4_000;
const WORKSPACE = { app: "long", environment: "test" };

let database: TestDatabase;
let ref: { readonly workspaceId: number; readonly runId: string };

beforeAll(async () => {
  database = await createDatabase();
  ref = await makeLongRun(database, "long", "test", STEPS);
});
afterAll(() => database.drop());

/** How often others have had their turn while this went on. */
async function turnsDuring<T>(work: Promise<T>): Promise<{ readonly turns: number; readonly result: T }> {
  let turns = 0;
  let isOver = false;
  const next = () => {
    turns += 1;
    if (!isOver) setImmediate(next);
  };
  setImmediate(next);
  const result = await work;
  isOver = true;
  return { turns, result };
}

/** Reads of the properties of objects, by whatever code. */
function counted<Row extends object>(rows: readonly Row[], count: { reads: number }): Row[] {
  const get = (row: Row, name: string | symbol) => {
    count.reads += 1;
    return row[name as keyof Row];
  };
  return rows.map((row) => new Proxy(row, { get }));
}

test("the times of a step with two attempts are 700 bytes of an answer", async () => {
  const [row] = await recordedRun(database.sql, ref, null);
  const bytes = Object.values(row!).reduce((sum, text) => sum + (text?.length ?? 0), 0);
  expect(bytes / STEPS).toBeLessThan(700);
});

test("its time is reckoned by looking at each step and attempt so and so often, however many there are", async () => {
  const run = (await loadRecorded(database, ref))!;
  expect([run.entries.length, run.attempts.length]).toEqual([STEPS, 2 * STEPS]);
  const looksPerRow = (steps: number) => {
    const count = { reads: 0 };
    const entries = counted(run.entries.slice(0, steps), count);
    partitionRun({ ...run, entries, attempts: counted(run.attempts.slice(0, 2 * steps), count) });
    return count.reads / (3 * steps);
  };
  const few = looksPerRow(STEPS / 8);
  expect(few).toBeLessThan(60);
  expect(looksPerRow(STEPS)).toBeLessThan(few * 1.2);
});

test("attempts are not looked through step by step", async () => {
  const run = (await loadRun(database, ref.workspaceId, ref.runId))!;
  const count = { reads: 0 };
  const shown = showRun({ ...run, attempts: counted(run.attempts, count) as AttemptStored[] }, WORKSPACE);
  expect(shown.steps.map(({ attempts }) => attempts.length)).toEqual(new Array(STEPS).fill(2));
  expect(count.reads).toBeLessThan(2 * STEPS * 40);
});

test("others have their turn while it is read, and while it is written", async () => {
  const read = await turnsDuring(loadRun(database, ref.workspaceId, ref.runId));
  const written = await turnsDuring(writeAnswer(showRun(read.result!, WORKSPACE)));
  const recorded = await turnsDuring(loadRecorded(database, ref));
  expect(JSON.parse(written.result.text).steps).toHaveLength(STEPS);
  expect(read.turns).toBeGreaterThan((STEPS * 3) / 500 - 3);
  expect(written.turns).toBeGreaterThanOrEqual(STEPS / 500 - 1);
  expect(recorded.turns).toBeGreaterThan((STEPS * 3) / 1_000 - 3);
});

test("steps come in the order of the journal, whatever piece they are in", async () => {
  const run = (await loadRun(database, ref.workspaceId, ref.runId, { afterSeq: 100 }))!;
  expect(run.steps.map(({ seq }) => seq)).toEqual(Array.from({ length: STEPS - 100 }, (_, at) => at + 101));
  expect(run.attempts).toHaveLength(2 * (STEPS - 100));
});
