// Schedulers beside each other, and beside people who stop what they start.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Database } from "../../engine/src/store/database.ts";
import { claimTicks, findDueSchedules, settleTicks } from "../../engine/src/store/due-schedules.ts";
import { Ends, rounds } from "./rounds.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(33);
  await stage.database.sql`
    insert into durable.functions (workspace_id, id, version, manifest) values (${stage.workspaceId}, 'racer', 1, '{}')`;
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

/** One that owes the tick of a minute ago. */
async function dueSchedule(id: string): Promise<void> {
  await stage.database.sql`delete from durable.schedules`;
  await stage.database.sql`
    select durable.create_schedule(${stage.workspaceId}, 'test', ${id}, 'racer', '* * * * *', 'UTC', 0, 'last', 'allow', null, null)`;
  await stage.database.sql`
    update durable.schedules set next_at = handled_to - interval '1 minute', handled_to = handled_to - interval '2 minutes'`;
}

/** As a scheduler does it, but for what is between: with one tick that was missed, to see whose is written down. */
async function tick(database: Database): Promise<number> {
  const [schedule] = await findDueSchedules(database, 1);
  if (schedule === undefined) return 0;
  // Whoever was changed just now has nothing that was due a minute ago.
  const tickMs = Math.min(schedule.handledToMs + 60_000, schedule.nowMs);
  const nextAtMs = schedule.isPaused ? null : schedule.nowMs + 3_600_000;
  const claims = await claimTicks(database, [
    {
      schedule,
      due: { ticks: [tickMs], missed: null, handledToMs: tickMs },
      nextAtMs,
      missed: { data: JSON.stringify({ schedule: schedule.id }), detail: "one was missed" },
    },
  ]);
  for (const claim of claims)
    await settleTicks(database, [{ schedule: claim.schedule, nextAtMs, lastTickMs: tickMs, runId: null }]);
  return claims.length;
}

async function toldOf(id: string): Promise<number> {
  const [row] = await stage.database.sql<{ count: number }[]>`
    select count(*)::int from durable.events where data::json ->> 'schedule' = ${id}`;
  return row!.count;
}

test("of two schedulers one moves a schedule on, and writes down what was missed", async () => {
  for (const round of rounds()) {
    const id = `twice-${round}`;
    await dueSchedule(id);
    const moved = await stage.race(
      () => tick(stage.left),
      () => tick(stage.right),
    );
    expect(moved.toSorted(), id).toEqual([0, 1]);
    if (round % 50 === 0) expect(await toldOf(id)).toBe(1);
  }
}, 120_000);

test("a schedule that is paused, changed or deleted while it ticks stays so", async () => {
  const deeds = ["pause", "change", "delete"] as const;
  const ends = new Ends(...deeds.flatMap((deed) => [`${deed} 0`, `${deed} 1`]));
  for (const round of ends.rounds()) {
    const id = `stopped-${round}`;
    await dueSchedule(id);
    const deed = stage.pick(deeds);
    const act = {
      pause: () =>
        stage.right
          .sql`select durable.pause_schedule(${stage.workspaceId}, 'test', ${id}, true, null) as done`,
      delete: () =>
        stage.right.sql`select durable.delete_schedule(${stage.workspaceId}, 'test', ${id}) as done`,
      change: () => stage.right.sql`
        select durable.change_schedule(${stage.workspaceId}, 'test', ${id}, s.revision, '0 * * * *', 'UTC', 0, 'last', 'allow', null, null) as done
          from durable.schedules s where s.id = ${id}`,
    }[deed];
    const [moved, [answer]] = await stage.race(() => tick(stage.left), act);
    const [row] = await stage.database.sql<
      { cron: string; stands: boolean; paused: boolean; owes: boolean }[]
    >`
      select cron, next_at is null as stands, paused_at is not null as paused, next_at <= paused_at or owed <> '{}' as owes
        from durable.schedules where id = ${id}`;
    if (deed === "delete") expect(row, id).toBe(undefined);
    // What was due by then is still to be started: it stands still after that.
    else if (deed === "pause") expect(row, id).toMatchObject({ stands: row!.owes !== true, paused: true });
    // Who reads a revision before it is raised is told so, and asks again.
    else
      expect(row, id).toMatchObject({
        cron: answer!["done"] === "stale" ? "* * * * *" : "0 * * * *",
        stands: false,
      });
    ends.add(`${deed} ${moved}`);
  }
}, 120_000);
