import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { insertEvents } from "../../engine/src/store/accepted-events.ts";
import { EventRows } from "../../engine/src/store/event-rows.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { lookBack, matchEvents } from "../../engine/src/store/waits.ts";
import { fireTimers } from "../../engine/src/store/wake-ups.ts";
import { commitItem, outcome, Stage, step, waitFor } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(77);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

type Event = ReturnType<Stage["event"]>;

async function accept(...requests: Event[][]): Promise<string[][]> {
  const rows = new EventRows();
  for (const [index, events] of requests.entries()) for (const event of events) rows.add(event, index + 1, 0);
  const states = (await insertEvents(stage.left, stage.engineId, rows)).map((event) => event.state);
  return requests.map((events) => states.splice(0, events.length));
}

async function isStored(clientId: string): Promise<boolean> {
  const [row] = await stage.database.sql`
    select exists (select 1 from durable.events where client_id = ${clientId}) as stored`;
  return row!["stored"];
}

const newRun = () => [{ runId: randomUUID(), fence: null }];
const event = (clientId: string | null, data = "{}") => stage.event("shared", data, newRun(), clientId);

test("a request refused for a conflict takes nothing with it that another request of its call was promised", async () => {
  await accept([event("taken", '"first"')]);
  // Whichever of the two gets the id: the refused request leaves it, the other one stores it.
  for (const id of ["a-shared", "z-shared"]) {
    const [refused, accepted] = await accept(
      [event(id), event("taken", '"second"')],
      [event(id), event(null)],
    );
    expect(refused).toEqual(["refused", "conflict"]);
    expect(accepted).toEqual(["new", "new"]);
    expect(await isStored(id)).toBe(true);
  }
});

test("requests of one call that disagree about an id are all told so, and leave nothing", async () => {
  await accept([event("taken-2", '"first"')]);
  const [first, second, third] = await accept(
    [event("chain", '"one"'), event("taken-2", '"second"')],
    [event("chain", '"two"')],
    [event("chain", '"three"'), event("beside")],
  );
  expect(first).toEqual(["refused", "conflict"]);
  // Each of the three disagrees with another one about the id, so nobody is told that it is stored.
  expect(second).toEqual(["conflict"]);
  expect(third).toEqual(["conflict", "refused"]);
  expect(await isStored("chain")).toBe(false);
  expect(await isStored("beside")).toBe(false);
});

test("an event whose data the database cannot read as JSON resolves no wait and hinders no other", async () => {
  const run = await stage.startRun();
  const effects = [waitFor("hope", "odd", { key: 1 })];
  const steps = [step("hope", "pending", { op: "wait", dueMs: 60_000 })];
  await commitOutcomes(stage.left, stage.engineId, [commitItem(run, outcome("wait", { steps, effects }))]);
  const odd = ['{"key":"\\u0000"}', '{"key":1e200000}', '{"key":"\\ud800"}'].map((data) =>
    stage.event("odd", data),
  );
  const good = stage.event("odd", '{"key":1.0}');
  await accept([...odd, good]);
  await matchEvents(
    stage.left,
    [...odd, good].map((each) => ({ workspaceId: each.workspaceId, eventId: each.id })),
  );
  await lookBack(stage.left, [run], { perCall: 100, inAll: 1_000 });
  const [found] = await stage.database
    .sql`select status, event_id from durable.steps where run_id = ${run.runId}`;
  expect(found).toEqual({ status: "ok", event_id: good.id });
});

test("timers that fire together settle in the order in which they were due", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `nap-${index}`);
  const run = await stage.startRun();
  const steps = names.map((name, index) =>
    step(name, "pending", { op: "sleep", dueAtEpochMs: 1_000 * (index + 1) }),
  );
  await commitOutcomes(stage.left, stage.engineId, [commitItem(run, outcome("wait", { steps }))]);
  await fireTimers(stage.left, 100);
  const rows = await stage.database
    .sql`select name from durable.steps where run_id = ${run.runId} order by seq`;
  expect(rows.map((row) => row["name"])).toEqual(names);
});

test("a wait whose event came in time does not time out, however late the two are held together", async () => {
  const run = await stage.startRun();
  const effects = [waitFor("hope", "in-time", { key: 1 })];
  const steps = [step("hope", "pending", { op: "wait", dueMs: 40 })];
  await commitOutcomes(stage.left, stage.engineId, [commitItem(run, outcome("wait", { steps, effects }))]);
  const resolution = async () => {
    const [row] = await stage.database
      .sql`select status, event_id from durable.steps where run_id = ${run.runId}`;
    return row;
  };
  const sent = stage.event("in-time", '{"key":1}');
  await accept([sent]);
  await stage.database.sql`update durable.timers set due_at = now() where run_id = ${run.runId}`;
  // Neither the event nor the wait has been held against the other; then only the event; then both.
  await fireTimers(stage.right, 100);
  expect(await resolution()).toMatchObject({ status: "pending" });
  // The event leaves it to the look-back, which must not let older ones be overtaken.
  await matchEvents(stage.left, [{ workspaceId: sent.workspaceId, eventId: sent.id }]);
  await fireTimers(stage.right, 100);
  expect(await resolution()).toMatchObject({ status: "pending" });
  await lookBack(stage.left, [run], { perCall: 100, inAll: 1_000 });
  expect(await resolution()).toEqual({ status: "ok", event_id: sent.id });
});
