// Whose a run is that was made of many events, or of another run; and an erasure that is called off.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { abortErasure, beginErasure, erasePiece, listErasures } from "../../engine/src/store/erasures.ts";
import { makeLongRun } from "../support/long-run.ts";
import { createDatabase, type TestDatabase } from "../support/postgres.ts";

let database: TestDatabase;
let workspaceId: number;
const event: Record<string, string> = {};
const run: Record<string, string> = {};

const owner = (value: string) => ({ path: ["user"], value: JSON.stringify(value) });
const begin = async (value: string, cancels = false) => {
  const id = randomUUID();
  const by = { actor: "me", reason: null, isPreview: false };
  await beginErasure(database, { workspaceId, id, owner: owner(value), cancels, ...by });
  return id;
};
const abort = (id: string) => abortErasure(database, { workspaceId, id, actor: "me", reason: "a typo" });
const erasureOf = async (id: string) => (await listErasures(database, workspaceId, { id, limit: 1 }))[0]!;
const there = async () => {
  const rows = await database.sql<{ id: string }[]>`
    select id from durable.runs where workspace_id = ${workspaceId} union all select id from durable.events where workspace_id = ${workspaceId}`;
  const ids = new Set(rows.map(({ id }) => id));
  return Object.entries({ ...event, ...run }).flatMap(([name, id]) => (ids.has(id) ? [name] : []));
};

beforeAll(async () => {
  database = await createDatabase({ max: 1 });
});
afterAll(() => database.drop());

beforeEach(async () => {
  const { sql } = database;
  workspaceId = (await makeLongRun(database, randomUUID(), "test", 1)).workspaceId;
  for (const name of ["first of A", "of B", "only of A", "of C"]) {
    event[name] = randomUUID();
    await sql`insert into durable.events (workspace_id, id, name, data, time, received_at)
      values (${workspaceId}, ${event[name]}, 'go', ${JSON.stringify({ user: name.at(-1) })}, now(), now())`;
  }
  const make = async (name: string, of: string, origin: string | null = null) => {
    run[name] = randomUUID();
    await sql`insert into durable.runs (workspace_id, id, function_id, function_version, event_id, status, created_at, ended_at, origin_run_id, origin_kind)
      values (${workspaceId}, ${run[name]}, 'f', 1, ${event[of]!}, 'completed', now(), now(), ${origin}, ${origin === null ? null : "rerun"})`;
  };
  // Its event is one of those that it took in; here of somebody else.
  await make("batch of A and B", "of B");
  for (const [no, name] of ["first of A", "of B"].entries())
    await sql`insert into durable.collected_events (workspace_id, run_id, no, event_id)
      values (${workspaceId}, ${run["batch of A and B"]!}, ${no}, ${event[name]!})`;
  await make("rerun of the batch", "of B", run["batch of A and B"]);
  await make("run of A", "only of A");
  await make("rerun of A", "only of A", run["run of A"]);
  await make("rerun of the rerun", "only of A", run["rerun of A"]);
  await make("run of C", "of C");
});
afterEach(async () => {
  expect(await erasePiece(database, 100)).toBe(false);
});

test("a batch that took in one of theirs is theirs, with its reruns, and those of their runs; events of others stay", async () => {
  const id = await begin("A");
  while (await erasePiece(database, 2));
  expect(await erasureOf(id)).toMatchObject({ status: "completed", runs: 5 });
  expect(await there()).toEqual(expect.arrayContaining(["of B", "of C", "run of C"]));
  expect((await there()).filter((name) => /A|batch|rerun/.test(name))).toEqual([]);
});

test("one that finds can be called off: nothing is gone, who it was is not kept, and the audit says so", async () => {
  const id = await begin("A");
  const before = await there();
  expect(await erasePiece(database, 2)).toBe(true);
  expect(await abort(id)).toBe("aborted");
  expect(await abort(id)).toBe("aborted");
  expect(await there()).toEqual(before);
  expect(await erasureOf(id)).toMatchObject({ status: "aborted", runs: 0, events: 0 });
  const [kept] =
    await database.sql`select e.value, (select count(*)::int from durable.erasure_items i where i.erasure_id = e.id) as items
    from durable.erasures e where e.id = ${id}`;
  expect(kept).toEqual({ value: null, items: 0 });
  const audit = await database.sql`select action, detail from durable.audit where target = ${id} order by id`;
  expect(audit.map((row) => row["action"])).toEqual(["erase.begin", "erase.abort"]);
  expect(JSON.parse(audit[1]!["detail"])).toEqual({ reason: "a typo" });
});

test("it can be called off until the first is gone, and not after", async () => {
  const id = await begin("A");
  while ((await erasureOf(id)).runs === 0) await erasePiece(database, 1);
  expect(await abort(id)).toBe("erasing");
  while (await erasePiece(database, 10));
  expect(await abort(id)).toBe("completed");
  expect(await there()).toEqual(expect.arrayContaining(["run of C"]));
});

test("nor once a run was cancelled for it", async () => {
  const { sql } = database;
  const live = randomUUID();
  await sql`insert into durable.runs (workspace_id, id, function_id, function_version, event_id, created_at)
    values (${workspaceId}, ${live}, 'f', 1, ${event["of C"]!}, now())`;
  await sql`insert into durable.live_runs (workspace_id, run_id, status, fence) values (${workspaceId}, ${live}, 'waiting', gen_random_uuid())`;
  const id = await begin("C", true);
  await sql`update durable.erasures set status = 'erasing' where id = ${id}`;
  await sql`insert into durable.erasure_items (workspace_id, erasure_id, kind, id, state) values (${workspaceId}, ${id}, 'run', ${live}, 'ending')`;
  expect(await abort(id)).toBe("erasing");
  await sql`update durable.erasure_items set state = 'waiting' where erasure_id = ${id}`;
  expect(await abort(id)).toBe("aborted");
});

test("an id that is none here is unknown", async () => {
  expect(await abort(randomUUID())).toBeNull();
});
