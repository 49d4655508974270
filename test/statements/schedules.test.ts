// Schedules, statement by statement: which times they owe, whatever people and syncs do to them.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { OVERLAP_LIMIT_ID, overlapGate } from "../../engine/src/domain/overlap.ts";
import type { ScheduleRules } from "../../engine/src/domain/schedule.ts";
import { findRunsBeforeTick } from "../../engine/src/store/due-schedules.ts";
import {
  changeSchedule,
  createSchedule,
  findSchedule,
  pauseSchedule,
} from "../../engine/src/store/schedules.ts";
import { Stage } from "../concurrency/stage.ts";
import { GatesOnStage } from "../limits/gates-on-stage.ts";

const HOURLY: ScheduleRules = {
  cron: "0 * * * *",
  tz: "UTC",
  condition: null,
  jitterMs: 0,
  catchUp: "last",
  overlap: "allow",
  data: null,
};

let stage: Stage;
let gates: GatesOnStage;
beforeAll(async () => {
  stage = await Stage.open(55);
});
beforeEach(async () => {
  gates = await GatesOnStage.open(stage);
  await serve("racer");
});
afterEach(async () => {
  await stage.expectInvariants();
  await gates.endAll();
});
afterAll(() => stage.close());

/** The app has these functions, and declares these hourly schedules, as a sync says it. */
async function sync(functions: readonly string[], declared: readonly string[]): Promise<void> {
  await stage.database.sql`
    update durable.functions set removed_at = case when id = any (${[...functions]}::text[]) then null else now() end
      where workspace_id = ${stage.workspaceId}`;
  const all = <T>(value: T) => declared.map(() => value);
  await stage.database.sql`select durable.declare_schedules(${stage.workspaceId}, ${[...declared]}::text[],
    ${all("racer")}::text[], ${all(HOURLY.cron)}::text[], ${all(HOURLY.tz)}::text[], ${all(0)}::float8[],
    ${all(HOURLY.catchUp)}::text[], ${all(HOURLY.overlap)}::text[], ${all(null)}::text[], ${all(null)}::text[])`;
}

async function serve(id: string): Promise<void> {
  await stage.database.sql`
    insert into durable.functions (workspace_id, id, version, manifest) values (${stage.workspaceId}, ${id}, 1, '{}')`;
}

const create = (id: string, rules: Partial<ScheduleRules> = {}) =>
  createSchedule(stage.database, "test", {
    ...{ workspaceId: stage.workspaceId, id, functionId: "racer" },
    ...{ ...HOURLY, ...rules },
  });
const find = async (id: string) => (await findSchedule(stage.database, stage.workspaceId, id))!;
const pause = (id: string, isPaused: boolean) =>
  pauseSchedule(stage.database, stage.workspaceId, "test", { id, isPaused, reason: null });
const change = async (id: string, rules: Partial<ScheduleRules>, revision?: number) => {
  const found = await find(id);
  return await changeSchedule(
    stage.database,
    "test",
    { ...found, revision: revision ?? found.revision },
    { ...HOURLY, ...rules },
  );
};

/** As if nobody had looked at it for a day. */
async function oweADay(id: string): Promise<void> {
  await stage.database.sql`
    update durable.schedules set handled_to = handled_to - interval '1 day' where id = ${id} and workspace_id = ${stage.workspaceId}`;
}

/** Hours that it owes. */
async function owes(id: string): Promise<number> {
  const { nowMs, handledToMs } = await find(id);
  return Math.round((nowMs - handledToMs) / 3_600_000);
}

test("one with another line or zone owes nothing for the time before; other rules change nothing of that", async () => {
  await create("hand");
  await oweADay("hand");
  expect(await change("hand", { overlap: "skip", jitterMs: 5_000 })).toBe("changed");
  expect(await owes("hand")).toBe(24);
  expect(await change("hand", { tz: "Asia/Tokyo" })).toBe("changed");
  expect(await owes("hand")).toBe(0);
});

test("a change of one that has changed since it was read is refused", async () => {
  await create("hand");
  const { revision } = await find("hand");
  expect(await change("hand", { jitterMs: 1_000 })).toBe("changed");
  expect(await change("hand", { jitterMs: 2_000 }, revision)).toBe("stale");
  expect((await find("hand")).jitterMs).toBe(1_000);
});

test("a pause owes nothing, and outlasts that code no longer declares it and does again", async () => {
  await sync(["racer"], ["coded"]);
  await pause("coded", true);
  await oweADay("coded");
  await sync(["racer"], []);
  expect((await find("coded")).state).toBe("removed");
  await sync(["racer"], ["coded"]);
  expect((await find("coded")).state).toBe("paused");
  await oweADay("coded");
  await pause("coded", false);
  expect([(await find("coded")).state, await owes("coded")]).toEqual(["active", 0]);
});

test("one that is resumed while nobody declares it, or serves its function, stands still until somebody does", async () => {
  await sync(["racer"], ["coded"]);
  await create("hand");
  for (const id of ["coded", "hand"]) await pause(id, true);
  await sync([], []);
  for (const id of ["coded", "hand"]) await pause(id, false);
  expect([(await find("coded")).state, (await find("hand")).state]).toEqual(["removed", "unserved"]);
  await stage.expectInvariants();
  for (const id of ["coded", "hand"]) await oweADay(id);
  // Its function is there again, and nothing declares it yet.
  await sync(["racer"], []);
  await pause("coded", true);
  await pause("coded", false);
  await stage.expectInvariants();
  await oweADay("coded");
  await sync(["racer"], ["coded"]);
  for (const id of ["coded", "hand"])
    expect([id, (await find(id)).state, await owes(id)]).toEqual([id, "active", 0]);
});

test("one that was made by hand and is paused stays paused when its function comes back", async () => {
  await create("hand");
  await pause("hand", true);
  await sync([], []);
  await sync(["racer"], []);
  expect((await find("hand")).state).toBe("paused");
});

test("runs of one schedule that must not overlap share a gate, which no sync takes away", async () => {
  await create("hand", { overlap: "queue" });
  await gates.declare({ one: { unit: "step", count: 5 } });
  const [row] = await stage.database.sql<{ id: string; declared: number | null }[]>`
    select id, declared from durable.limits where workspace_id = ${stage.workspaceId} and id = durable.overlap_limit()`;
  expect(row).toEqual({ id: OVERLAP_LIMIT_ID, declared: 1 });
  expect(overlapGate("hand").id).not.toBe(overlapGate("other").id);
  const [a, b] = [overlapGate("hand"), overlapGate("other")];
  const first = await gates.start([a]);
  await gates.start([a]);
  const other = await gates.start([b]);
  expect((await gates.claimAll()).map(({ runId }) => runId)).toEqual([first, other]);
});

test("in the way of a tick stand runs at its gate, leased or waiting, and the last one wherever it is; of its own none", async () => {
  await create("hand", { overlap: "skip" });
  const gate = overlapGate("hand");
  const before = async (lastRunId: string | null, tick: string = randomUUID()) =>
    new Set(
      await findRunsBeforeTick(stage.database, { workspaceId: stage.workspaceId, lastRunId }, gate.id, tick),
    );
  expect(await before(null)).toEqual(new Set());
  const held = await gates.start([gate]);
  const [lease] = await gates.claimAll();
  expect(await before(null)).toEqual(new Set([held]));
  const parked = await gates.start([gate]);
  await gates.claimAll();
  expect(await before(null)).toEqual(new Set([held, parked]));
  // It has not come to its gate yet.
  const last = await gates.start([gate]);
  expect(await before(last)).toEqual(new Set([held, parked, last]));
  await stage.database.sql`insert into durable.event_ids (workspace_id, client_id, event_id, body_hash)
    values (${stage.workspaceId}, 'durable.tick/hand/now', ${randomUUID()}, ${randomUUID()})`;
  expect(await before(last, "durable.tick/hand/now")).toEqual(new Set());
  await stage.database
    .sql`delete from durable.event_ids where workspace_id = ${stage.workspaceId} and client_id like 'durable.tick/%'`;
  await gates.letGo(lease!);
  expect(await before(null)).not.toContain(held);
});
