// Whoever dies between writing down what is due and being done with it, and then nobody comes for an hour.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { createDatabase } from "../support/postgres.ts";
import { waitFor } from "../support/wait.ts";
import { storeFunctions } from "./store-functions.ts";
import { findTicks, flawsOf } from "./ticks-found.ts";

const PROGRAM = fileURLToPath(new URL("../scenarios/engine-process.ts", import.meta.url));

function startEngine(databaseUrl: string, faults: Record<string, string> = {}) {
  return spawn(process.execPath, [PROGRAM, databaseUrl, "4000"], {
    stdio: "ignore",
    env: { PATH: process.env["PATH"], DURABLE_CHAOS: "1", ...faults },
  });
}

test.each(["ticks.claimed", "ticks.accepted"])(
  "an engine dies at %s before an outage: no tick is missed that was started, and none is lost",
  async (point) => {
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    const { sql } = database;
    await sql.unsafe(`
    create table public.away (span interval not null);
    insert into public.away values ('0');
    create or replace function durable.durable_now() returns timestamptz language sql stable parallel safe as
      $$ select clock_timestamp() + (select span from public.away) $$`);
    const every = (id: string, rules: { catch_up: "none" | "last"; overlap?: "skip" }) => ({
      id,
      triggers: [{ cron: "* * * * * *", ...rules }],
    });
    await storeFunctions(database, [
      every("none", { catch_up: "none" }),
      every("last", { catch_up: "last" }),
      every("skip", { catch_up: "last", overlap: "skip" }),
    ]);
    const dying = startEngine(database.url, { DURABLE_FAULTS: `${point}=kill#5` });
    expect(await once(dying, "exit")).toEqual([null, "SIGKILL"]);
    await sql`update public.away set span = '1 hour'`;
    const [row] = await sql<{ now: Date }[]>`select durable.durable_now() as now`;
    const engine = startEngine(database.url);
    try {
      await waitFor("the schedules to come up to now", async () => {
        const [behind] = await sql<{ count: number }[]>`
        select count(*)::int from durable.schedules where handled_to < ${row!.now} or owed <> '{}'`;
        return behind!.count === 0;
      });
    } finally {
      engine.kill("SIGKILL");
      await once(engine, "exit");
    }
    const found = await findTicks(sql);
    expect(found.flatMap(flawsOf)).toEqual([]);
    expect(found.map(({ missed }) => missed.length)).toEqual([1, 1, 1]);
    await expectInvariants(database);
  },
);

test("a tick that was skipped, and comes again with the one after it, starts no run beside the one that is under way", async () => {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const { sql } = database;
  await storeFunctions(database, [
    { id: "skip", triggers: [{ cron: "* * * * * *", catch_up: "all", overlap: "skip" }] },
  ]);
  // Its run comes to no gate, so only the schedule knows of it.
  const claimsFail = { DURABLE_DB_FAULTS: "claim=serialization_failure@1" };
  const dying = startEngine(database.url, { ...claimsFail, DURABLE_FAULTS: "ticks.accepted=kill#3" });
  expect(await once(dying, "exit")).toEqual([null, "SIGKILL"]);
  // As if it had written down one tick more, and died before that one.
  const [after] = await sql<{ tick: Date }[]>`
    update durable.schedules set owed = owed || (handled_to + interval '1 second'), handled_to = handled_to + interval '1 second'
    returning handled_to as tick`;
  const engine = startEngine(database.url, claimsFail);
  try {
    await waitFor("both to be done", async () => {
      const [row] = await sql<
        { at: Date | null }[]
      >`select last_tick_at as at from durable.schedules where owed = '{}'`;
      return row?.at != null && row.at >= after!.tick;
    });
  } finally {
    engine.kill("SIGKILL");
    await once(engine, "exit");
  }
  const runs = await sql`select id from durable.runs`;
  expect(runs.length).toBe(1);
  await expectInvariants(database);
});
