import { afterAll, beforeAll, expect, test } from "vitest";
import { Committer, type CommitterOptions, RUN_OUTCOMES } from "../../engine/src/execution/committer.ts";
import { systemPorts } from "../../engine/src/runtime/system-ports.ts";
import { type Database, openDatabase } from "../../engine/src/store/database.ts";
import { waitFor } from "../support/wait.ts";
import { commitItem, outcome, Stage, step } from "./stage.ts";

let stage: Stage;
let impatient: Database;
beforeAll(async () => {
  stage = await Stage.open(57);
  impatient = openDatabase({
    options: stage.database.address,
    max: 1,
    applicationName: "impatient",
    settings: { statement_timeout: "100" },
  });
});
afterAll(async () => {
  await impatient.end();
  await stage.close();
});

test("a commit that the server cancels is repeated: the run goes on and does not pause", async () => {
  const run = await stage.startRun();
  const held = stage.right.sql.unsafe(
    `select 1 from durable.live_runs where run_id = '${run.runId}' for update; select pg_sleep(0.4)`,
  );
  const holding = held.execute();
  await waitFor("the lock to be held", async () => {
    const [row] = await stage.database.sql`
      select count(*)::int as count from pg_stat_activity where query like '%pg_sleep(0.4)%' and wait_event = 'PgSleep'`;
    return row!["count"] === 1;
  });
  let repeats = 0;
  const committer = new Committer(
    {
      database: impatient,
      authority: {
        engineId: () => stage.engineId,
        mayAct: () => true,
        untilMayAct: () => Promise.resolve(true),
      },
      timers: systemPorts().timers,
      log: { debug: () => (repeats += 1) } as unknown as CommitterOptions["log"],
    },
    RUN_OUTCOMES,
  );
  const end = await committer.commit(commitItem(run, outcome("continue", { steps: [step("first", "ok")] })));
  await holding;
  expect(end).toEqual({ state: "applied", journalSeq: 1 });
  expect(repeats).toBeGreaterThan(0);
  await stage.expectInvariants();
});
