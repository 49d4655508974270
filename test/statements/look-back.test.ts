import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Effect } from "../../engine/src/domain/outcome.ts";
import { lookBackWithConditions, matchConditions } from "../../engine/src/queue/conditions.ts";
import { insertEvents } from "../../engine/src/store/accepted-events.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { advanceLookBack, findPastEvents, lookBack, matchEvents } from "../../engine/src/store/waits.ts";
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

function waitForOne(
  name: string,
  spec: Awaited & { readonly match?: object; readonly look_back_ms?: number },
): Effect {
  const events = [{ key: "", match: {}, ...spec }];
  return { kind: "wait", stepId: stepIdOf(name), data: JSON.stringify({ mode: "event", events }) };
}

async function send(name: string, data = "{}"): Promise<string> {
  const event = stage.event(name, data);
  await insertEvents(stage.left, stage.engineId, stage.rows(event));
  return event.id;
}

/** Once around the wait matcher's loop, until nothing is left. */
async function lookBackFor(run: HeldRun, limits = LIMITS): Promise<void> {
  for (let calls = 1; ; calls += 1) {
    const { left } = await lookBack(stage.left, [run], limits);
    if (left === 0) return;
    await lookBackWithConditions(stage.left, [run], limits, () => {});
    expect(calls, "a look-back ends").toBeLessThan(10);
  }
}

/** As an engine does with new events. */
async function match(run: HeldRun, events: readonly string[]): Promise<void> {
  const { conditional } = await matchEvents(
    stage.left,
    events.map((eventId) => ({ ...run, eventId })),
  );
  for (const event of conditional) await matchConditions(stage.left, event, () => {});
}

/** As where the branch of this wait lost before its code was given the event. */
async function giveBack({ workspaceId, runId }: HeldRun, name: string): Promise<void> {
  await stage.database.sql`
    select durable.give_back(array[${workspaceId}]::int[], array[${runId}]::uuid[], array[${stepIdOf(name)}]::uuid[])`;
}

/** Of each wait the event that has ended it. */
async function takenBy({ runId }: HeldRun): Promise<Record<string, string | null>> {
  const rows = await stage.database.sql`select name, event_id from durable.steps where run_id = ${runId}`;
  return Object.fromEntries(rows.map((row) => [row["name"], row["event_id"]]));
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
  await lookBackFor(run);
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
  [
    "a later row with a condition, an earlier one without, which is owed an older one",
    undefined,
    "event.data.n > 0",
    0,
  ],
  ["both with a condition", "event.data.n > 0", "event.data.n > 0", 1],
])("%s", async (_, earlier, later, which) => {
  const name = `part.${earlier}`;
  const awaited = [
    { event: name, ...(earlier && { if: earlier }) },
    { event: name, if: later },
    { event: "never" },
  ];
  const run = await open(await stage.startRun(), { both: waitForAll("both", awaited) });
  await hasLookedBack(run, "0");
  const sent = [await send(name, '{"n":0}'), await send(name, '{"n":1}')];
  await lookBackFor(run);
  expect(await filled(run)).toEqual([
    ["0", sent[which], true],
    ["1", sent[which + 1] ?? null, true],
    ["2", null, true],
  ]);
});

test("the wait that was asked for in an earlier commit is the first", async () => {
  let run = await stage.startRun();
  run = await open(run, { never: waitFor("never", "never"), first: waitFor("first", "shared") });
  run = await open(run, { second: waitFor("second", "shared") });
  await lookBackFor(run);
  const eventId = await send("shared");
  await matchEvents(stage.left, [{ ...run, eventId }]);
  const settled = await stage.database
    .sql`select name from durable.steps where run_id = ${run.runId} and status = 'ok'`;
  expect(settled.map((row) => row["name"])).toEqual(["first"]);
});

describe("of two waits for what is there already the first gets what came first", () => {
  interface Case {
    readonly first: { readonly match?: object; readonly if?: string; readonly look_back_ms?: number };
    readonly second?: { readonly if?: string };
    readonly perCall?: number;
  }

  test.each<[string, Case]>([
    ["also where only the first has a condition", { first: { if: "event.data.n > 0" } }],
    ["also where only the second has one", { first: {}, second: { if: "event.data.n > 0" } }],
    ["also where both have one", { first: { if: "event.data.n > 0" }, second: { if: "event.data.n > 0" } }],
    [
      "also where the first has further to walk",
      { first: { match: { n: 1 }, look_back_ms: HOUR_MS }, perCall: 1 },
    ],
    [
      "also where the first has further to walk, and a condition",
      { first: { if: "event.data.n > 0", look_back_ms: HOUR_MS }, perCall: 1 },
    ],
  ])("%s", async (name, { first, second = {}, perCall = 100 }) => {
    for (let count = 0; count < 3; count += 1) await send(name, '{"n":0}');
    let run = await stage.startRun();
    const sent = [await send(name, '{"n":1}'), await send(name, '{"n":1}')];
    run = await open(run, { first: waitForOne("first", { event: name, ...first }) });
    await open(run, { second: waitForOne("second", { event: name, ...second }) });
    await lookBackFor(run, { ...LIMITS, perCall });
    expect(await takenBy(run)).toEqual({ first: sent[0], second: sent[1] });
  });
});

test("a new event passes nobody who still looks back, nor a condition that was there first", async () => {
  const run = await open(await stage.startRun(), {
    first: waitForOne("first", { event: "late", if: "event.data.n > 0" }),
    second: waitForOne("second", { event: "late" }),
  });
  const sent = [await send("late", '{"n":1}')];
  await match(run, sent);
  expect(await takenBy(run), "both still look back").toEqual({ first: null, second: null });
  await lookBackFor(run);
  expect(await takenBy(run)).toEqual({ first: sent[0], second: null });

  const next = await open(await stage.startRun(), {
    first: waitForOne("first", { event: "new", if: "event.data.n > 0" }),
    second: waitForOne("second", { event: "new" }),
    third: waitForOne("third", { event: "new" }),
  });
  await lookBackFor(next);
  const news = [await send("new", '{"n":0}'), await send("new", '{"n":1}'), await send("new", '{"n":1}')];
  await match(next, news.toReversed());
  expect(await takenBy(next)).toEqual({ first: news[1], second: news[0], third: news[2] });
});

test("a first wait that walks no further, or ends otherwise, leaves all to the second", async () => {
  const held = await stage.startRun();
  for (let count = 0; count < 3; count += 1) await send("much", '{"n":0}');
  const sent = await send("much", '{"n":1}');
  const run = await open(held, {
    first: waitForOne("first", { event: "much", match: { n: 2 } }),
    second: waitForOne("second", { event: "much", match: { n: 1 } }),
  });
  // The first stops at its limit, before it has come to the event; so does the second, but it begins where that lies.
  await stage.database.sql`
    update durable.waits set since = (select received_at from durable.events where id = ${sent})
    where run_id = ${run.runId} and step_id = ${stepIdOf("second")}::uuid`;
  await lookBackFor(run, { perCall: 1, inAll: 2 });
  expect(await takenBy(run)).toEqual({ first: null, second: sent });

  const other = await open(await stage.startRun(), {
    first: waitForOne("first", { event: "gone", if: "event.data.n > 0" }),
    second: waitForOne("second", { event: "gone" }),
  });
  const left = await send("gone", '{"n":1}');
  await lookBack(stage.left, [other], LIMITS);
  await match(other, [left]);
  const [ended] = await stage.database.sql`
    select durable.settle_entries(array[workspace_id], array[run_id], array[step_id], array[null], array[null::uuid],
      array['{"name":"Error","message":"ended otherwise","retry":false}']) as n
    from durable.waits where run_id = ${other.runId} and step_id = ${stepIdOf("first")}::uuid`;
  expect(ended!["n"]).toBe(1);
  await lookBackFor(other);
  expect(await takenBy(other)).toEqual({ first: null, second: left });
});

test("what a process has read of the past counts no more once a wait began to look back anew", async () => {
  const held = await stage.startRun();
  const event = await send("given", '{"n":1}');
  const asked = { event: "given", if: "event.data.n > 0" };
  let run = await open(held, { loser: waitForOne("loser", { event: "given" }) });
  await lookBackFor(run);
  run = await open(run, { next: waitForOne("next", asked) });
  const [page] = await findPastEvents(stage.left, [run], 100);
  expect(
    page!.events.map((each) => each.event),
    "it is taken",
  ).toEqual([null]);
  await giveBack(run, "loser");
  await advanceLookBack(stage.left, page!, LIMITS);
  await lookBackFor(run);
  expect((await takenBy(run))["next"]).toBe(event);
});

test("where one looks back anew all for its name do, so that none is overtaken meanwhile", async () => {
  const held = await stage.startRun();
  await send("again", '{"n":1}');
  let run = await open(held, { loser: waitForOne("loser", { event: "again" }) });
  await lookBackFor(run);
  run = await open(run, {
    first: waitForOne("first", { event: "again", match: { n: 2 } }),
    second: waitForOne("second", { event: "again" }),
  });
  await lookBackFor(run);
  // The second cannot meet what is given back: it reaches back less far.
  await stage.database.sql`
    update durable.waits set since = clock_timestamp() where run_id = ${run.runId} and step_id = ${stepIdOf("second")}::uuid`;
  await giveBack(run, "loser");
  const event = await send("again", '{"n":2}');
  await match(run, [event]);
  await lookBackFor(run);
  expect(await takenBy(run)).toMatchObject({ first: event, second: null });
});

test("a look-back that asks conditions goes over what does not meet them once", async () => {
  const held = await stage.startRun();
  for (let count = 0; count < 3; count += 1) await send("passed", '{"n":0}');
  const run = await open(held, { both: waitForAll("both", [{ event: "passed", if: "event.data.n > 0" }]) });
  await lookBackFor(run);
  const [row] = await stage.database.sql`select looked_count from durable.waits where run_id = ${run.runId}`;
  expect(row!["looked_count"]).toBe(3);
});
