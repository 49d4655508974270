// Which runs are stuck: those that need a person, those that are tried again for too long, and those that wait for longer than somebody said.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeLongRun } from "../support/long-run.ts";
import { createDatabase, type TestDatabase } from "../support/postgres.ts";

let database: TestDatabase;
let workspaceId: number;

beforeAll(async () => {
  database = await createDatabase({ max: 1 });
  ({ workspaceId } = await makeLongRun(database, "shop", "dev", 1));
});
afterAll(() => database.drop());

/** A live run of a function of its own. */
async function live(functionId: string, pauseReason: string | null = null): Promise<string> {
  const id = randomUUID();
  const { sql } = database;
  await sql`insert into durable.runs (workspace_id, id, function_id, function_version, event_id, created_at, pause_reason)
    select ${workspaceId}, ${id}, ${functionId}, 1, r.event_id, now() - interval '1 day', ${pauseReason} from durable.runs r
    where r.workspace_id = ${workspaceId} limit 1`;
  await sql`insert into durable.live_runs (workspace_id, run_id, status, fence)
    values (${workspaceId}, ${id}, ${pauseReason === null ? "waiting" : "paused"}, gen_random_uuid())`;
  return id;
}

async function step(runId: string, status: "pending" | "retrying", minutesAgo: number): Promise<void> {
  const { sql } = database;
  const at = sql`now() - ${minutesAgo}::float8 * interval '1 minute'`;
  await sql`insert into durable.steps (workspace_id, run_id, step_id, op, name, n, status, attempt, committed_at, sent_at, received_at)
    values (${workspaceId}, ${runId}, md5('s')::uuid, ${status === "pending" ? "wait" : "run"}, 's', 0, ${status}, 1, ${at}, ${at}, ${at})`;
  if (status === "pending") {
    await sql`insert into durable.waits (workspace_id, run_id, step_id, key, ordinal, mode, event_name, match, match_hash, since)
      values (${workspaceId}, ${runId}, md5('s')::uuid, '', 0, 'event', 'paid', '{}', gen_random_uuid(), now())`;
    return;
  }
  await sql`insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome, sent_at, committed_at)
    values (${workspaceId}, ${runId}, gen_random_uuid(), md5('s')::uuid, 1, 'failed', ${at}, ${at})`;
  await sql`insert into durable.timers (workspace_id, run_id, step_id, kind, due_at)
    values (${workspaceId}, ${runId}, md5('s')::uuid, 'retry', now() + interval '1 minute')`;
}

async function stuck(options: object = {}): Promise<Record<string, string>> {
  const { sql } = database;
  await sql`select durable.set_alert_rule(${workspaceId}::int, 'stuck', null, null, ${JSON.stringify(options)}::text::jsonb, 'me', null)`;
  const rows = await sql<{ key: string; facts: { why: string; runs: number } }[]>`
    select key, facts from durable.alert_candidates() where workspace_id = ${workspaceId} and kind = 'stuck' order by key`;
  return Object.fromEntries(rows.map(({ key, facts }) => [key, `${facts.why} ${facts.runs}`]));
}

test("each reason has its own time, and a person's own pause is none", async () => {
  await live("needs-a-person", '{"name":"Exhausted"}');
  await live("was-paused", '{"name":"Paused"}');
  await step(await live("retries-long"), "retrying", 90);
  await step(await live("retries-short"), "retrying", 30);
  await step(await live("waits"), "pending", 30);
  expect(await stuck()).toEqual({ "needs-a-person": "paused 1", "retries-long": "retrying 1" });
  expect(await stuck({ retrying_s: 1_200, waiting_s: 1_200 })).toEqual({
    "needs-a-person": "paused 1",
    "retries-long": "retrying 1",
    "retries-short": "retrying 1",
    waits: "waiting 1",
  });
  expect(await stuck({ retrying_s: 86_400, waiting_s: 3_600 })).toEqual({ "needs-a-person": "paused 1" });
});
