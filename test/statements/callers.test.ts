// Children in other apps, statement by statement: whose workspace each row is in, and what is walked to find them.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allowCaller, listCallers, removeCaller } from "../../engine/src/store/callers.ts";
import { Stage } from "../concurrency/stage.ts";

const CHILDREN = 20_000;
/** An index of so many has some two hundred. */
const PAGES_MAX = 80;
let stage: Stage;
let other: number;

beforeAll(async () => {
  stage = await Stage.open(11);
  const [made] = await stage.database.sql<{ id: number }[]>`
    insert into durable.workspaces (app, environment) values ('other', 'test') returning id`;
  other = made!.id;
});
afterAll(() => stage.close());

const versionOf = async (id: number) =>
  (await stage.database.sql`select registry_version from durable.workspaces where id = ${id}`)[0]![
    "registry_version"
  ];

test("each change of a caller raises the registry's version, is audited, and replaces what was allowed", async () => {
  const allow = (functions: string[]) =>
    allowCaller(stage.database, other, { app: "race", functions, actor: "ann", reason: "needed" });
  await allow(["*"]);
  await allow(["charge"]);
  expect(await versionOf(other)).toBe(2);
  expect(await listCallers(stage.database, other)).toMatchObject([
    { app: "race", functions: ["charge"], created_by: "ann" },
  ]);
  expect(await listCallers(stage.database, stage.workspaceId)).toEqual([]);
  expect(await removeCaller(stage.database, other, "race", "bob")).toBe(true);
  expect(await removeCaller(stage.database, other, "race", "bob")).toBe(false);
  const rows = await stage.database
    .sql`select actor, action, target, detail from durable.audit where workspace_id = ${other} order by id`;
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { actor: "ann", action: "caller.allow", target: "race", detail: '{"functions":["*"],"reason":"needed"}' },
    {
      actor: "ann",
      action: "caller.allow",
      target: "race",
      detail: '{"functions":["charge"],"reason":"needed"}',
    },
    { actor: "bob", action: "caller.remove", target: "race", detail: null },
  ]);
});

test("what comes of a child's match is written where the child belongs, and told to who waits for it", async () => {
  const parent = await stage.startRun();
  const event = { ...stage.event("durable.invoke", "null"), workspaceId: other };
  const call = (kind: string, data: object) =>
    stage.database
      .sql`select durable.apply_effects(array[${kind}::text], array[${stage.workspaceId}::int], array[${parent.runId}::uuid],
      array[${randomUUID()}::uuid], array[${JSON.stringify(data)}::text])`;
  const version = await versionOf(other);
  const child = { run: event.id, kind: "invoke", on_cancel: "cascade", depth: 1, workspace: other, version };
  await call("child", child);
  await expect(call("child", { ...child, run: randomUUID(), version: version - 1 })).rejects.toMatchObject({
    code: "40001",
  });
  await call("timeout", {
    run: event.id,
    event: event.id,
    client: null,
    kind: "finish",
    ms: 1,
    workspace: other,
  });
  await call("skip", {
    id: randomUUID(),
    event: event.id,
    client: null,
    function: "f",
    reason: "limit",
    detail: "no",
    facts: null,
    workspace: other,
  });
  const rows = await stage.database.sql`
    select 'child' as what, workspace_id, parent_workspace_id from durable.children union all select 'timer', workspace_id, null from durable.timers
    union all select 'skip', workspace_id, null from durable.skips union all select 'end', workspace_id, null from durable.child_ends`;
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { what: "child", workspace_id: other, parent_workspace_id: stage.workspaceId },
    ...["timer", "skip", "end"].map((what) => ({ what, workspace_id: other, parent_workspace_id: null })),
  ]);
  await stage.database.sql`truncate durable.children, durable.timers, durable.skips, durable.child_ends`;
});

/** Pages of tables and indexes that a call looks at, in a session that has planned it before; what it changes is undone. */
async function pagesOf(call: string): Promise<number> {
  const explained = `explain (analyze, buffers, format json) ${call}`;
  const results = await stage.right.sql.unsafe(`begin; ${explained}; ${explained}; rollback`);
  const [row] = (results as unknown as { "QUERY PLAN": { Plan: Record<string, number> }[] }[][])[2]!;
  const plan = row!["QUERY PLAN"][0]!.Plan;
  return plan["Shared Hit Blocks"]! + plan["Shared Read Blocks"]!;
}

test("children in another app are found by their parents, and parents by their children, among twenty thousand", {
  timeout: 120_000,
}, async () => {
  const { sql } = stage.database;
  await sql.unsafe(`insert into durable.children (workspace_id, run_id, parent_workspace_id, parent_run_id, parent_step_id, kind, on_cancel, depth)
    select ${other}, gen_random_uuid(), ${stage.workspaceId}, gen_random_uuid(), gen_random_uuid(), 'spawn', 'cascade', 1 from generate_series(1, ${CHILDREN})`);
  const parent = await stage.startRun();
  const [child, step] = [randomUUID(), randomUUID()];
  await sql.unsafe(`insert into durable.children (workspace_id, run_id, parent_workspace_id, parent_run_id, parent_step_id, kind, on_cancel, depth)
    values (${other}, '${child}', ${stage.workspaceId}, '${parent.runId}', '${step}', 'spawn', 'cascade', 1)`);
  const own = stage.workspaceId;
  for (const call of [
    `select durable.cascade_spawned(${own}, '${parent.runId}')`,
    `select durable.drop_children(array[${own}], array['${parent.runId}'::uuid], array['${step}'::uuid])`,
    `select durable.stems_from(${other}, '${child}', 'durable.alert.')`,
    `select * from durable.run_waits(${own}, array['${parent.runId}'::uuid], 100)`,
  ]) {
    expect([call, (await pagesOf(call)) < PAGES_MAX]).toEqual([call, true]);
  }
  await sql`insert into durable.child_ends (workspace_id, run_id) values (${other}, ${child})`;
  expect(await pagesOf("select durable.settle_child_ends(10)")).toBeLessThan(PAGES_MAX);
  await sql`truncate durable.children, durable.child_ends`;
});

test("a run stems from an event of another app, and a circle of waits leads through it", async () => {
  const { sql } = stage.database;
  const top = await stage.startRun();
  await sql`update durable.events e set name = 'durable.alert.failed' from durable.runs r where r.id = ${top.runId} and e.id = r.event_id`;
  const below = randomUUID();
  await sql`insert into durable.children (workspace_id, run_id, parent_workspace_id, parent_run_id, parent_step_id, kind, on_cancel, depth)
    values (${other}, ${below}, ${stage.workspaceId}, ${top.runId}, ${randomUUID()}, 'spawn', 'abandon', 1)`;
  const [row] =
    await sql`select durable.stems_from(${other}, ${below}, 'durable.alert.') as stems, durable.stems_from(${other}, ${below}, 'durable.run.') as runs`;
  expect({ ...row }).toEqual({ stems: true, runs: false });
  await sql`truncate durable.children`;
});
