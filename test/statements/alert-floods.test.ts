// A hundred alerts an hour are told of a workspace, each once; those beyond are told as one that counts them.
import { afterAll, beforeAll, expect, test } from "vitest";
import { listAlerts, lookForAlerts } from "../../engine/src/store/alerts.ts";
import { createDatabase, type TestDatabase } from "../support/postgres.ts";
import { travel } from "../support/travel.ts";

let database: TestDatabase;
let workspaceId: number;
let errors = 0;

beforeAll(async () => {
  database = await createDatabase({ max: 1 });
  const [workspace] = await database.sql<{ id: number }[]>`
    insert into durable.workspaces (app, environment) values ('shop', 'dev') returning id`;
  workspaceId = workspace!.id;
});
afterAll(() => database.drop());

/** So many runs that fail, each with something new. */
async function fail(count: number): Promise<void> {
  const { sql } = database;
  await sql`
    with made as materialized (
      select durable.new_id() as run, gen_random_uuid() as event, 'e' || q as fingerprint
      from generate_series(${errors + 1}::int, ${errors + count}::int) as q
    ), events as (
      insert into durable.events (workspace_id, id, name, data, time, received_at)
        select ${workspaceId}::int, m.event, 'go', 'null', now(), now() from made m
    ), runs as (
      insert into durable.runs (workspace_id, id, function_id, function_version, event_id, status, created_at, ended_at)
        select ${workspaceId}::int, m.run, 'f', 1, m.event, 'failed', now(), now() from made m
    ), groups as (
      insert into durable.error_groups (workspace_id, fingerprint, name, message, count, first_seen, last_seen)
        select ${workspaceId}::int, m.fingerprint, 'Error', 'new', 1, durable.durable_now(), durable.durable_now() from made m
    )
    insert into durable.run_errors (workspace_id, run_id, fingerprint, at) select ${workspaceId}::int, m.run, m.fingerprint, now() from made m`;
  errors += count;
}

async function look() {
  expect(await lookForAlerts(database, 0)).toBe(true);
  const alerts = await database.sql<{ kind: string; told: boolean; capped: boolean; facts: string }[]>`
    select kind, told, capped, facts from durable.alerts where workspace_id = ${workspaceId} and resolved_at is null`;
  const of = (kind: string) => alerts.filter((alert) => alert.kind === kind);
  return {
    told: of("error").filter(({ told }) => told).length,
    capped: of("error").filter(({ capped }) => capped).length,
    more: of("more").map(({ told, facts }) => [told, JSON.parse(facts)]),
  };
}

test("what lasts counts once towards the hundred, however often it is looked at", async () => {
  await fail(60);
  expect(await look()).toEqual({ told: 60, capped: 0, more: [] });
  await fail(40);
  expect(await look()).toEqual({ told: 100, capped: 0, more: [] });
});

test("what is beyond is summed up in one alert, that goes on counting", async () => {
  await fail(7);
  expect(await look()).toEqual({
    told: 100,
    capped: 7,
    more: [[true, { alerts: 7, kinds: "error" }]],
  });
  await fail(3);
  expect((await look()).more).toEqual([[true, { alerts: 10, kinds: "error" }]]);
  expect(await look()).toMatchObject({ told: 100, capped: 10 });
});

test("an hour later there is room again, and the sum is over", async () => {
  await travel(database.sql, "62 minutes");
  await look();
  await travel(database.sql, "64 minutes");
  expect((await look()).more).toEqual([]);
  const [last] = (await listAlerts(database, workspaceId, { state: "resolved", limit: 200 })).filter(
    ({ kind }) => kind === "more",
  );
  expect(JSON.parse(last!.facts)).toEqual({ alerts: 10, kinds: "error" });
  await fail(2);
  expect(await look()).toMatchObject({ told: 102, more: [] });
});

test("who mutes a kind has room for others, and may mute the sum too", async () => {
  const { sql } = database;
  for (const kind of ["error", "more"])
    await sql`select durable.set_alert_rule(${workspaceId}::int, ${kind}, null, 3600, null, 'me', null)`;
  await fail(150);
  expect(await look()).toMatchObject({ told: 102, capped: 10, more: [] });
  await sql`select durable.set_alert_rule(${workspaceId}::int, 'error', null, 0, null, 'me', null)`;
  await fail(120);
  const { told, more } = await look();
  expect(told).toBe(200);
  expect(more).toEqual([[false, { alerts: 22, kinds: "error" }]]);
});
