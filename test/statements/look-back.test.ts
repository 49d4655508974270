import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Effect } from "../../engine/src/domain/outcome.ts";
import { lookBackWithConditions } from "../../engine/src/queue/conditions.ts";
import { insertEvents } from "../../engine/src/store/accepted-events.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { lookBack, matchEvents } from "../../engine/src/store/waits.ts";
import { commitItem, type HeldRun, outcome, Stage, step, stepIdOf, waitFor } from "../concurrency/stage.ts";

// The rows of one run look back one after the other. An event that commits between two of them is seen by the second
// only, and belongs to the first: the state is set up by hand here, for the gap is microseconds wide.

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(47);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

const LIMITS = { perCall: 100, inAll: 1_000 };
const HOUR_MS = 3_600_000;

interface Awaited {
  readonly event: string;
  readonly if?: string;
}

/** One wait for all of these, keyed by their place. */
function waitForAll(name: string, awaited: readonly Awaited[]): Effect {
  const events = awaited.map((each, index) => ({ key: String(index), match: {}, ...each }));
  return { kind: "wait", stepId: stepIdOf(name), data: JSON.stringify({ mode: "all", events }) };
}

async function open(run: HeldRun, waits: { readonly [name: string]: Effect }): Promise<HeldRun> {
  const decided = outcome("continue", {
    steps: Object.keys(waits).map((name) => step(name, "pending", { op: "wait", dueMs: HOUR_MS })),
    effects: Object.values(waits),
  });
  const item = commitItem(run, decided);
  const [result] = await commitOutcomes(stage.left, stage.engineId, [item]);
  expect(result!.state).toBe("applied");
  return { ...run, fence: item.nextFence };
}

/** As it is when this row has looked back to the end, and the event came right after. */
async function hasLookedBack({ runId }: HeldRun, key: string): Promise<void> {
  await stage.database
    .sql`update durable.waits set looked_back = true where run_id = ${runId} and key = ${key}`;
}

async function send(name: string, data = "{}"): Promise<string> {
  const event = stage.event(name, data);
  await insertEvents(stage.left, stage.engineId, stage.rows(event));
  return event.id;
}

/** Once around the wait matcher's loop, until nothing is left. */
async function lookBackFor(run: HeldRun, name: string): Promise<void> {
  const waits = [{ ...run, stepId: stepIdOf(name) }];
  for (let calls = 1; ; calls += 1) {
    const { left } = await lookBack(stage.left, waits, LIMITS);
    if (left === 0) return;
    await lookBackWithConditions(stage.left, waits, LIMITS, () => {});
    expect(calls, "a look-back ends").toBeLessThan(10);
  }
}

async function filled({ runId }: HeldRun) {
  const rows = await stage.database.sql`
    select key, event_id, looked_back from durable.waits where run_id = ${runId} order by ordinal`;
  return rows.map((row) => [row["key"], row["event_id"], row["looked_back"]]);
}

test("what a later row meets goes to an earlier one that has looked back already", async () => {
  const both = waitForAll("both", [{ event: "part" }, { event: "part" }]);
  const run = await open(await stage.startRun(), { both });
  await hasLookedBack(run, "0");
  const first = await send("part");
  await lookBackFor(run, "both");
  expect(await filled(run)).toEqual([
    ["0", first, true],
    ["1", null, true],
  ]);
  const second = await send("part");
  await matchEvents(
    stage.left,
    [first, second].map((eventId) => ({ ...run, eventId })),
  );
  const [found] = await stage.database.sql`select value from durable.steps where run_id = ${run.runId}`;
  expect(Object.values(JSON.parse(found!["value"])).map((event) => (event as { id: string }).id)).toEqual([
    first,
    second,
  ]);
});

test.each([
  ["a later row with a condition, an earlier one without", undefined, "event.data.n > 0"],
  ["both with a condition", "event.data.n > 0", "event.data.n > 0"],
])("%s", async (_, earlier, later) => {
  const name = `part.${earlier}`;
  const awaited = [
    { event: name, ...(earlier && { if: earlier }) },
    { event: name, if: later },
  ];
  const run = await open(await stage.startRun(), { both: waitForAll("both", awaited) });
  await hasLookedBack(run, "0");
  await send(name, '{"n":0}');
  const first = await send(name, '{"n":1}');
  await lookBackFor(run, "both");
  expect(await filled(run)).toEqual([
    ["0", first, true],
    ["1", null, true],
  ]);
});

test("the wait that was asked for in an earlier commit is the first", async () => {
  let run = await stage.startRun();
  run = await open(run, { never: waitFor("never", "never"), first: waitFor("first", "shared") });
  run = await open(run, { second: waitFor("second", "shared") });
  await lookBackFor(run, "first");
  await lookBackFor(run, "second");
  const eventId = await send("shared");
  await matchEvents(stage.left, [{ ...run, eventId }]);
  const settled = await stage.database
    .sql`select name from durable.steps where run_id = ${run.runId} and status = 'ok'`;
  expect(settled.map((row) => row["name"])).toEqual(["first"]);
});

test("a look-back that asks conditions goes over what does not meet them once", async () => {
  const held = await stage.startRun();
  for (let count = 0; count < 3; count += 1) await send("passed", '{"n":0}');
  const run = await open(held, { both: waitForAll("both", [{ event: "passed", if: "event.data.n > 0" }]) });
  await lookBackFor(run, "both");
  const [row] = await stage.database.sql`select looked_count from durable.waits where run_id = ${run.runId}`;
  expect(row!["looked_count"]).toBe(3);
});
