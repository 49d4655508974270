// A page of events reads what it shows, among however many: along indexes that are there for others, so that ingest pays for none.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EventPage, listEvents, pageOfEvents } from "../../engine/src/store/events-listing.ts";
import { PAGE_SETTINGS } from "../../engine/src/store/plan-settings.ts";
import { ofWholeTables } from "../support/plans.ts";
import { createDatabase, type TestDatabase } from "../support/postgres.ts";

const EVENTS = 20_000;
const DAYS = 30;
const LIMIT = 51;
/** What is shown, and for each the place of its runs, those collected, and its skips. */
const ROWS_MAX = LIMIT * 8;

let database: TestDatabase;
let workspaceId = 0;

beforeAll(async () => {
  // Partitions that are empty would be read as a whole.
  database = await createDatabase({ max: 1, settings: { ...PAGE_SETTINGS, enable_seqscan: "off" } });
  const { sql } = database;
  const ids = await sql<{ id: number }[]>`
    insert into durable.workspaces (app, environment) values ('much', 'test'), ('other', 'test') returning id`;
  workspaceId = ids[0]!.id;
  // As engines make them: the run has the id of the instant of its event. The last ones are of now, in a partition of their own.
  await sql.unsafe(`
    create function pg_temp.id_of(p_at timestamptz, p_no bigint, p_variant text) returns uuid language sql immutable as $$
      select (lpad(to_hex((extract(epoch from p_at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(p_no % 4096), 3, '0')
        || p_variant || lpad(to_hex(p_no), 12, '0'))::uuid $$;
    with made as materialized (
      select w, g, now() - interval '${DAYS} days' * (1 - g / ${EVENTS}.0) + interval '1 hour' as at,
        case when g % 5000 = 7 then 'rare' when g % 3 = 0 then 'third' else 'busy' end as name
      from unnest(array[${ids[0]!.id}, ${ids[1]!.id}]) as w, generate_series(1, ${EVENTS}::bigint) as g
    ), event as (
      insert into durable.events (workspace_id, id, client_id, name, data, time, received_at)
        select w, pg_temp.id_of(at, g, '8000'), case when g % 10 = 0 then 'order-' || g end, name, '{"no":' || g || '}', at, at from made
    ), skip as (
      insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, at)
        select w, pg_temp.id_of(at, g, '9000'), pg_temp.id_of(at, g, '8000'), 'f', 'filtered', '', at from made where g % 4 = 0
    )
    insert into durable.runs (workspace_id, id, function_id, function_version, event_id, status, created_at, ended_at)
      select w, pg_temp.id_of(at, g, 'a000'), 'f', 1, pg_temp.id_of(at, g, '8000'), 'completed', at, at from made where g % 2 = 0`);
  for (const table of ["events", "runs", "skips", "collected_events"])
    await sql.unsafe(`vacuum (analyze) durable.${table}`);
});
afterAll(() => database.drop());

const FIRST: EventPage = { name: null, from: null, to: null, before: null, limit: LIMIT };

async function planOf(page: EventPage): Promise<string> {
  const { sql } = database;
  const rows = await sql`explain (analyze, timing off, summary off, buffers off, costs off)
    ${pageOfEvents(database, workspaceId, page)}`;
  return ofWholeTables(rows.map((row) => Object.values(row)[0]).join("\n"));
}

/** Rows that scans of tables gave, or read and left out. */
function rowsOf(plan: string): number {
  let rows = 0;
  let loops = 0;
  for (const line of plan.split("\n")) {
    const node = /(Index|Seq|Heap)(?: Only)? Scan.*\(actual rows=([\d.]+) loops=(\d+)\)/.exec(line);
    if (line.includes("->")) loops = Number(node?.[3] ?? 0);
    if (node !== null) rows += Number(node[2]) * loops;
    rows += Number(/Rows Removed by .*: (\d+)/.exec(line)?.[1] ?? 0) * loops;
  }
  return rows;
}

const middle = async () => {
  const [row] = await database.sql<{ id: string; at_us: string; at: string }[]>`
    select id, (extract(epoch from received_at) * 1000000)::bigint::text as at_us, durable.rfc3339(received_at) as at from durable.events
    where workspace_id = ${workspaceId} order by id offset ${EVENTS / 2} limit 1`;
  return { before: { id: row!.id, atUs: row!.at_us }, at: row!.at };
};

test.each([
  [null, "events_pkey"],
  ["busy", "events_by_name"],
  ["third", "events_by_name"],
  ["rare", "events_by_name"],
  ["none", "events_by_name"],
])("of the name %s, a page goes by %s, at any depth", async (name, index) => {
  const { before, at } = await middle();
  for (const more of [
    {},
    { before },
    { from: at },
    { to: at },
    { before, from: "2020-01-01T00:00:00.000Z" },
  ]) {
    const plan = await planOf({ ...FIRST, name, ...more });
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/Seq Scan on (?:events|runs|skips)\b/);
    expect(rowsOf(plan), plan).toBeLessThan(ROWS_MAX);
  }
});

test("page after page has each event once, with its counts", async () => {
  const found = [];
  for (let before: EventPage["before"] = null; found.length < 500; ) {
    const page = await listEvents(database, workspaceId, { ...FIRST, name: "third", before });
    found.push(...page);
    const last = page.at(-1)!;
    before = { id: last.own_id, atUs: last.at_us };
  }
  const numbers = found.map(({ preview }) => Number(/\d+/.exec(preview)![0]));
  expect(numbers).toEqual(numbers.map((_, at) => EVENTS - (EVENTS % 3) - 3 * at));
  for (const [at, { runs, skips }] of found.entries())
    expect([runs, skips]).toEqual([numbers[at]! % 2 === 0 ? 1 : 0, numbers[at]! % 4 === 0 ? 1 : 0]);
});
