import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import { uuidV7 } from "../../engine/src/domain/ids.ts";
import { seededRandom } from "../../engine/src/runtime/fault-points.ts";
import { insertEvents } from "../../engine/src/store/accepted-events.ts";
import { isConflict } from "../../engine/src/store/database.ts";
import { EventRows } from "../../engine/src/store/event-rows.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import {
  dropPartition,
  makePartition,
  setRetention,
  sweepDropped,
  sweepWorkspace,
} from "../../engine/src/store/retention.ts";
import { commitItem, type HeldRun, outcome, Stage, step } from "../concurrency/stage.ts";
import { travel } from "../support/travel.ts";

// What is over goes and what lives stays: by partitions as a whole, and run by run. The clock is moved; ids are of today.

const SEED = Number(process.env["DURABLE_TEST_SEED"] ?? 7);
const DAY_MS = 86_400_000;
const NO_LIMIT = 100_000;

let stage: Stage;
let other = 0;
const stages: Stage[] = [];
beforeEach(async () => {
  stage = await Stage.open(SEED);
  stages.push(stage);
  const [row] = await stage.database.sql<{ id: number }[]>`
    insert into durable.workspaces (app, environment) values ('other', 'test') returning id`;
  other = row!.id;
});
afterAll(async () => {
  for (const each of stages) await each.close();
});

interface Started extends HeldRun {
  readonly eventId: string;
}

/** A run with an event, born so many days from now, as engines make their ids. */
async function start(inDays = 0, workspaceId = stage.workspaceId, clientId: string | null = null) {
  const bornMs = Date.now() + inDays * DAY_MS;
  const id = () => uuidV7(bornMs, randomBytes(8));
  const run = { runId: id(), fence: randomUUID() };
  const event = { ...stage.event("began", "{}", [run], clientId), id: id(), workspaceId };
  const sent = { ...event, runs: event.runs.map((one) => ({ ...one, runId: idBeside(event.id) })) };
  const rows = new EventRows();
  rows.add(sent, 1, stage.registryVersion);
  await insertEvents(stage.left, stage.engineId, rows);
  return { ...run, workspaceId, runId: idBeside(event.id), eventId: event.id } satisfies Started;
}

/** Runs have ids of the instant of their event. */
function idBeside(eventId: string): string {
  return `${eventId.slice(0, 19)}8000-${eventId.slice(24)}`;
}

async function end(run: HeldRun): Promise<void> {
  const steps = [step("charge", "ok")];
  const [result] = await commitOutcomes(stage.left, stage.engineId, [
    commitItem(run, { ...outcome("completed"), steps }),
  ]);
  expect(result!.state).toBe("applied");
}

async function rowsOf(table: string, { workspaceId, runId }: HeldRun): Promise<number> {
  const key = table === "runs" ? "id" : "run_id";
  const [row] = await stage.database.sql.unsafe<{ count: number }[]>(
    `select count(*)::int as count from durable.${table} where workspace_id = $1 and ${key} = $2::uuid`,
    [workspaceId, runId],
  );
  return row!.count;
}

async function isEventThere({ workspaceId, eventId }: Started): Promise<boolean> {
  const rows = await stage.database.sql`
    select from durable.events where workspace_id = ${workspaceId} and id = ${eventId}::uuid`;
  return rows.length > 0;
}

async function sweepAll(): Promise<void> {
  while ((await sweepDropped(stage.left, 50)) !== null);
  for (let round = 0; round < 100; round += 1) if ((await sweepWorkspace(stage.left, 50)) === null) return;
  throw new Error("the walk does not end");
}

async function partitionsOf(table: string): Promise<string[]> {
  const rows = await stage.database.sql<{ name: string }[]>`
    select i.inhrelid::regclass::text as name from pg_inherits i where i.inhparent = ${`durable.${table}`}::regclass order by 1`;
  return rows.map(({ name }) => name.replace("durable.", ""));
}

test("partitions are made ahead, once, and rows go into them", async () => {
  expect(await makePartition(stage.left)).toBe(false);
  const run = await start();
  const [row] = await stage.database.sql<{ place: string }[]>`
    select tableoid::regclass::text as place from durable.runs where id = ${run.runId}::uuid`;
  expect(row!.place).toMatch(/runs_p1$/);
  await travel(stage.database.sql, "7 days");
  const made = await Promise.all([makePartition(stage.left), makePartition(stage.right)]);
  expect(made).toContain(true);
  while (await makePartition(stage.left));
  const [gaps] = await stage.database.sql<{ count: number }[]>`
    select count(*)::int as count from durable.partitions p join durable.partitions n on n.no = p.no + 1 where n.from_at <> p.to_at`;
  expect(gaps).toEqual({ count: 0 });
});

test("a partition goes as a whole; what lives stays, and ends later", async () => {
  const over = await start(0, stage.workspaceId, "order-1");
  const lives = await start();
  const late = await start();
  const [more] = await stage.startRuns(1);
  await end(over);
  await stage.database
    .sql`insert into durable.run_states values (${over.workspaceId}, ${over.runId}, '1', now())`;
  await travel(stage.database.sql, "37 days");
  // Ended a day ago, although it is as old as the others.
  await end(late);
  await travel(stage.database.sql, "38 days");
  while (await makePartition(stage.left));
  expect(await dropPartition(stage.left, NO_LIMIT)).toBe("dropped");
  for (const table of ["runs", "steps", "attempts", "logs", "events"])
    expect(await partitionsOf(table)).not.toContain(`${table}_p1`);
  expect([await rowsOf("runs", over), await rowsOf("steps", over)]).toEqual([0, 0]);
  expect(await isEventThere(over)).toBe(false);
  expect([await rowsOf("runs", late), await rowsOf("steps", late)]).toEqual([1, 1]);
  expect([await isEventThere(lives), await isEventThere(late)]).toEqual([true, true]);
  expect(await rowsOf("run_states", over)).toBe(1);
  await sweepAll();
  expect(await rowsOf("run_states", over)).toBe(0);
  const ids = await stage.database.sql`select from durable.event_ids where client_id = 'order-1'`;
  expect(ids).toHaveLength(0);
  const [first] = await stage.database
    .sql`select state, runs::int, runs_kept from durable.partitions where no = 1`;
  expect(first).toEqual({ state: "swept", runs: 3, runs_kept: 2 });
  await end(lives);
  await end(more!);
  expect([await rowsOf("runs", lives), await rowsOf("steps", lives)]).toEqual([1, 1]);
  await stage.expectInvariants();
});

test("one that dies in the middle of a drop has dropped nothing", async () => {
  const over = await start();
  await end(over);
  await travel(stage.database.sql, "40 days");
  await expect(
    stage.left.sql.unsafe(`select durable.drop_partition(${NO_LIMIT}); select 1 / 0`),
  ).rejects.toThrow("division by zero");
  expect([await rowsOf("runs", over), await rowsOf("steps", over)]).toEqual([1, 1]);
  expect(await dropPartition(stage.left, NO_LIMIT)).toBe("dropped");
  expect(await rowsOf("runs", over)).toBe(0);
});

test("one that dies in the middle of deletes goes on where it was", async () => {
  await setRetention(stage.left, stage.workspaceId, "test", 5, null);
  const runs = [await start(), await start(), await start()];
  for (const run of runs) await end(run);
  await travel(stage.database.sql, "6 days");
  await sweepWorkspace(stage.left, 1);
  await expect(stage.left.sql.unsafe("select durable.sweep_workspace(1); select 1 / 0")).rejects.toThrow(
    "division by zero",
  );
  const left = async () => (await Promise.all(runs.map((run) => rowsOf("runs", run)))).filter(Boolean);
  expect(await left()).toHaveLength(2);
  await sweepAll();
  expect(await left()).toHaveLength(0);
  await stage.expectInvariants();
});

test("who commits is not kept waiting by a drop that cannot have its place", async () => {
  const over = await start();
  await end(over);
  const runs = [await start(7), await start(7)];
  await travel(stage.database.sql, "40 days");
  const holds = stage.right.sql`
    with held as (update durable.runs set unclaimed = 0 where id = ${runs[0]!.runId}::uuid returning 1)
    select pg_sleep(1.5) from held`.then((rows) => rows);
  const sleeping = async () => {
    const [row] = await stage.database.sql<{ count: number }[]>`
      select count(*)::int as count from pg_stat_activity where application_name = 'right' and wait_event = 'PgSleep'`;
    return row!.count;
  };
  await expect.poll(sleeping).toBe(1);
  // Not its turn yet: within a second it has given up, although the other holds on for longer.
  const refused = await dropPartition(stage.left, NO_LIMIT).catch((error: unknown) => error);
  expect(isConflict(refused)).toBe(true);
  expect(await sleeping()).toBe(1);
  await end(runs[1]!);
  await holds;
  expect(await dropPartition(stage.left, NO_LIMIT)).toBe("dropped");
});

test("a partition of which much stays is emptied run by run, and dropped when little is left", async () => {
  const over = await start();
  await end(over);
  const lives = [await start(), await start(), await start()];
  await travel(stage.database.sql, "40 days");
  expect(await dropPartition(stage.left, 5)).toBe("crowded");
  expect(await dropPartition(stage.left, 5)).toBe(null);
  await sweepAll();
  expect([await rowsOf("runs", over), await isEventThere(over)]).toEqual([0, false]);
  for (const run of lives.slice(1)) await end(run);
  await travel(stage.database.sql, "71 days");
  await stage.database.sql`update durable.retention_walks set walked_at = null`;
  await sweepAll();
  expect(await dropPartition(stage.left, 5)).toBe("dropped");
  expect(await rowsOf("runs", lives[0]!)).toBe(1);
  await end(lives[0]!);
  await stage.expectInvariants();
});

test("a rerun keeps the event of its origin, and no more of it", async () => {
  const origin = await start();
  await end(origin);
  const rerun = await start(20);
  await end(rerun);
  await stage.database.sql`
    update durable.runs set origin_run_id = ${origin.runId}, origin_kind = 'rerun', event_id = ${origin.eventId}
    where id = ${rerun.runId}::uuid`;
  await travel(stage.database.sql, "20 days");
  await stage.database
    .sql`update durable.runs set ended_at = durable.durable_now() where id = ${rerun.runId}::uuid`;
  await travel(stage.database.sql, "40 days");
  expect(await dropPartition(stage.left, NO_LIMIT)).toBe("dropped");
  await sweepAll();
  expect([await rowsOf("runs", origin), await isEventThere(origin)]).toEqual([0, true]);
  const [line] = await stage.database
    .sql`select durable.first_origin(${rerun.workspaceId}, ${rerun.runId}) as first`;
  expect(line).toEqual({ first: rerun.runId });
});

test("what is left is what lives, and what has ended within its workspace's retention", async () => {
  const random = seededRandom(SEED);
  const days = { [stage.workspaceId]: 30, [other]: 4 };
  await setRetention(stage.left, other, "test", days[other]!, null);
  const runs: (Started & { bornDay: number; endDay: number | null })[] = [];
  for (let no = 0; no < 60; no += 1) {
    const bornDay = Math.floor(random() * 40);
    const endDay = random() < 0.2 ? null : bornDay + Math.floor(random() * 20);
    runs.push({
      ...(await start(bornDay, random() < 0.5 ? other : stage.workspaceId)),
      bornDay,
      endDay,
    });
  }
  await travel(stage.database.sql, "0 days");
  for (const run of runs) {
    if (run.endDay !== null) await end(run);
    await stage.database
      .sql`update durable.events set received_at = now() + ${run.bornDay} * interval '1 day' where id = ${run.eventId}::uuid`;
    await stage.database.sql`update durable.runs set created_at = now() + ${run.bornDay} * interval '1 day',
      ended_at = case when status is not null then now() + ${run.endDay ?? 0} * interval '1 day' end where id = ${run.runId}::uuid`;
  }
  for (const today of [10, 33, 45, 62, 80]) {
    await travel(stage.database.sql, `${today} days`);
    await stage.database.sql`update durable.retention_walks set walked_at = null`;
    while (await makePartition(stage.left));
    while ((await dropPartition(stage.left, NO_LIMIT)) !== null);
    await sweepAll();
    // A workspace that keeps the longest lets go of a partition as a whole.
    const [open] = await stage.database.sql<{ ms: number }[]>`
      select coalesce(extract(epoch from min(from_at))::float8 * 1000, 0) as ms from durable.partitions where state = 'open'`;
    for (const run of runs) {
      const bornMs = Number.parseInt(run.runId.slice(0, 8) + run.runId.slice(9, 13), 16);
      const isKept = run.endDay === null || run.endDay + days[run.workspaceId]! > today;
      const isInOpen = run.workspaceId !== other && bornMs >= open!.ms;
      const label = `day ${today}: ${JSON.stringify(run)}`;
      expect(await rowsOf("runs", run), label).toBe(isKept || isInOpen ? 1 : 0);
      if (run.endDay !== null) expect(await rowsOf("steps", run), label).toBe(isKept || isInOpen ? 1 : 0);
      if (isKept) expect(await isEventThere(run), label).toBe(true);
    }
  }
  for (const run of runs) if (run.endDay === null) await end(run);
});
