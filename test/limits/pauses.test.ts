// Pausing by what is leased: the engine's own statements, and nobody in between.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { HELD_MAX } from "../../engine/src/domain/pause.ts";
import { openCircuit } from "../../engine/src/store/circuits.ts";
import { claimLeases } from "../../engine/src/store/leases.ts";
import {
  interruptPaused,
  listPauses,
  type PauseTarget,
  pauseTarget,
  resumeTarget,
} from "../../engine/src/store/pauses.ts";
import { loadWorkspace } from "../../engine/src/store/workspace-entries.ts";
import { closeCircuitOf } from "../concurrency/close-circuit.ts";
import { Stage } from "../concurrency/stage.ts";
import { GatesOnStage } from "./gates-on-stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(7);
});
afterAll(() => stage.close());

let gates: GatesOnStage;
beforeEach(async () => {
  gates = await GatesOnStage.open(stage);
});
afterEach(async () => {
  await stage.expectInvariants();
  for (const { id } of await listPauses(stage.database, gates.workspaceId)) await resume(id);
  await gates.endAll();
  await gates.claimAll();
});

const OF_RACER: PauseTarget = { kind: "function", functionId: "racer" };

async function pause(target: PauseTarget): Promise<string> {
  const { id } = await pauseTarget(stage.database, gates.workspaceId, "ann", target, "their server is down");
  await interruptPaused(stage.database, gates.workspaceId, id);
  stage.registryVersion += 1;
  return id;
}

const resume = (id: string) => resumeTarget(stage.database, gates.workspaceId, "bob", id, null);

async function claimed(): Promise<string[]> {
  const leases = await gates.claimAll();
  return leases.map(({ runId }) => runId);
}

test("jobs of a paused function are held, shown, and go on in their order when it is resumed", async () => {
  const before = await gates.startAll([], 3);
  const id = await pause(OF_RACER);
  expect(await claimed()).toEqual([]);
  const after = await gates.start([]);
  expect(await claimed()).toEqual([]);
  const [shown] = await listPauses(stage.database, gates.workspaceId);
  expect(shown).toMatchObject({ id, kind: "function", function: "racer", by: "ann", held: 4 });
  expect(await resume(id)).toBe(true);
  expect(await resume(id)).toBe(false);
  const leased = await claimed();
  expect(new Set(leased.slice(0, 3))).toEqual(new Set(before));
  expect(leased[3]).toBe(after);
  expect(await listPauses(stage.database, gates.workspaceId)).toEqual([]);
});

test("a pause is made once, and who made it stays", async () => {
  const first = await pauseTarget(stage.database, gates.workspaceId, "ann", OF_RACER, null);
  const second = await pauseTarget(stage.database, gates.workspaceId, "bob", OF_RACER, null);
  expect(second).toEqual({ id: first.id, isNew: false });
});

test("other workspaces and other functions go on", async () => {
  await pause({ kind: "function", functionId: "another" });
  const run = await gates.start([]);
  expect(await claimed()).toEqual([run]);
});

test("a run that is leased lets go at its next commit, and its continuation is held", async () => {
  await gates.start([]);
  const [lease] = await gates.claimAll();
  await pause({ kind: "workspace" });
  const [live] = await stage.database.sql<{ moving: boolean }[]>`
    select moving from durable.live_runs where run_id = ${lease!.runId}`;
  expect(live).toEqual({ moving: true });
  await gates.letGo(lease!, "requeue");
  expect(await claimed()).toEqual([]);
});

test("who waits at a gate and is paused does not stand in the way of others", async () => {
  await gates.declare({ shared: { unit: "step", count: 1 } });
  const gate = (key: string) => gates.gate("shared", "step", JSON.stringify(key));
  // Both at one gate: the key of another limit tells them apart.
  const side = (key: string) => gates.gate("side", "step", JSON.stringify(key));
  await gates.declare({ shared: { unit: "step", count: 1 }, side: { unit: "step", count: 1_000 } });
  await gates.start([gate("x"), side("in")]);
  const [lease] = await gates.claimAll();
  const held = await gates.startAll([gate("x"), side("held")], 30);
  const free = await gates.start([gate("x"), side("free")]);
  expect(await claimed()).toEqual([]);
  const limitId = side("held").limitId;
  const id = await pause({ kind: "key", limitId, key: '"held"' });
  await gates.letGo(lease!);
  // By one claim, whatever is held in front of it.
  const [next] = await claimLeases(stage.right, stage.engineId, 1);
  expect(next!.runId).toBe(free);
  await gates.letGo(next!);
  expect(await claimed()).toEqual([]);
  await resume(id);
  const [first] = await gates.claimAll();
  expect(held).toContain(first!.runId);
});

test("a key is paused at its limit, and a tenant of its function: others of that name go on", async () => {
  await gates.declare({ one: { unit: "step", count: 5 }, other: { unit: "step", count: 5 } });
  const at = (name: string) => gates.gate(name, "step", '"acme"');
  const of = (functionId: string) => ({
    priority: 0,
    tenant: { id: randomUUID(), queueId: randomUUID(), functionId, key: '"acme"', weight: 1 },
  });
  await pause({ kind: "key", limitId: at("one").limitId, key: '"acme"' });
  await pause({ kind: "tenant", functionId: "racer", key: '"acme"' });
  const held = [await gates.start([at("one")]), await gates.start([], { order: of("racer") })];
  const free = [await gates.start([at("other")]), await gates.start([], { order: of("another") })];
  expect(new Set(await claimed())).toEqual(new Set(free));
  const back: string[] = [];
  for (const { id } of await listPauses(stage.database, gates.workspaceId)) {
    await resume(id);
    back.push(...(await claimed()));
  }
  expect(new Set(back)).toEqual(new Set(held));
});

test("a place that a job was let in to and has not used is free while it is held", async () => {
  await gates.declare({ one: { unit: "step", count: 1 }, side: { unit: "step", count: 10 } });
  const one = gates.gate("one");
  const side = (key: string) => gates.gate("side", "step", JSON.stringify(key));
  await gates.start([one]);
  const [holder] = await gates.claimAll();
  const letIn = await gates.start([one, side("held")]);
  expect(await claimed()).toEqual([]);
  await gates.letGo(holder!);
  // The only slot is another's: it has its place, and waits for the next claim.
  const first = await gates.start([], { order: { priority: 600, tenant: null } });
  const [taken] = await claimLeases(stage.right, stage.engineId, 1);
  expect(taken!.runId).toBe(first);
  expect((await gates.counts()).get(one.id)).toEqual({ used: 1, parked: 0 });
  const id = await pause({ kind: "key", limitId: side("held").limitId, key: '"held"' });
  expect(await claimed()).toEqual([]);
  expect((await gates.counts()).get(one.id)).toEqual({ used: 0, parked: 0 });
  const next = await gates.start([one, side("free")]);
  const [lease] = await gates.claimAll();
  expect(lease!.runId).toBe(next);
  await resume(id);
  expect(await claimed()).toEqual([]);
  await gates.letGo(lease!);
  expect(await claimed()).toEqual([letIn]);
});

test("a run that is held keeps the place that it has until its end", async () => {
  await gates.declare({ whole: { unit: "run", count: 1 }, one: { unit: "step", count: 1 } });
  const [whole, one] = [gates.gate("whole", "run"), gates.gate("one")];
  const run = await gates.start([whole, one]);
  const [lease] = await gates.claimAll();
  const id = await pause({ kind: "workspace" });
  await gates.letGo(lease!, "requeue");
  await gates.start([whole]);
  expect(await claimed()).toEqual([]);
  const counts = await gates.counts();
  expect([counts.get(whole.id)!.used, counts.get(one.id)!.used]).toEqual([1, 0]);
  await resume(id);
  expect(await claimed()).toEqual([run]);
});

test("a tenant is paused and the others of its function are not; it comes back in turn", async () => {
  const queueId = randomUUID();
  const order = (key: string) => ({
    priority: 0,
    tenant: { id: randomUUID(), queueId, functionId: "racer", key: JSON.stringify(key), weight: 1 },
  });
  const [a, b] = [order("a"), order("b")];
  await gates.startAll([], 5, 1, a);
  const id = await pause({ kind: "tenant", functionId: "racer", key: '"a"' });
  const others = await gates.startAll([], 2, 1, b);
  expect(new Set(await claimed())).toEqual(new Set(others));
  await resume(id);
  expect(await claimed()).toHaveLength(5);
});

test("a fair job that is paused when it is tried at an app that is down comes back", async () => {
  const { database, engineId } = stage;
  const tenant = { id: randomUUID(), queueId: randomUUID(), functionId: "racer", key: '"a"', weight: 1 };
  const run = await gates.start([], { order: { priority: 0, tenant } });
  await database.sql`select durable.rank_arrivals()`;
  await openCircuit(database, gates.workspaceId, "it is down.", 1_000);
  // Once out of its queue, once out of the way.
  for (let no = 0; no < 2; no += 1) expect(await claimed()).toEqual([]);
  const id = await pause(OF_RACER);
  const tried = await database.sql`
    select run_id from durable.claim_parked(${engineId}, ${gates.workspaceId}, 1) where fence is not null`;
  expect(tried).toEqual([]);
  await closeCircuitOf(database, gates.workspaceId, 10);
  await stage.expectInvariants();
  await resume(id);
  expect(await claimed()).toEqual([run]);
});

test("a run that ends while it is held leaves nothing to hold", async () => {
  const run = await gates.start([]);
  const id = await pause(OF_RACER);
  expect(await claimed()).toEqual([]);
  await stage.database.sql`select durable.cancel_run(${gates.workspaceId}, ${run}, 'test', null)`;
  await resume(id);
  expect(await claimed()).toEqual([]);
  // Nor is the pause there, which would be looked at for ever.
  const left = await stage.database.sql`
    select id from durable.pauses where workspace_id = ${gates.workspaceId}
    union all select run_id from durable.parked where workspace_id = ${gates.workspaceId}`;
  expect([...left]).toEqual([]);
});

test("jobs that were held come back piece by piece, the first of them first", async () => {
  const order = (priority: number) => ({ order: { priority, tenant: null } });
  const runs = [
    await gates.start([], order(0)),
    await gates.start([], order(300)),
    await gates.start([], order(600)),
  ];
  const id = await pause(OF_RACER);
  expect(await claimed()).toEqual([]);
  const back: string[] = [];
  for (let no = 0; no < runs.length; no += 1) {
    await stage.database.sql`select durable.unpark_jobs(${gates.workspaceId}, ${id}, 1, 1)`;
    const ready = await stage.database.sql<{ run_id: string }[]>`
      select run_id from durable.ready where workspace_id = ${gates.workspaceId}`;
    back.push(...ready.map(({ run_id }) => run_id).filter((run) => !back.includes(run)));
  }
  expect(back).toEqual(runs.toReversed());
});

test("what a person did is in the audit log", async () => {
  const id = await pause(OF_RACER);
  await resume(id);
  const rows = await stage.database.sql`
    select actor, action from durable.audit where workspace_id = ${gates.workspaceId} and target = ${id} order by id`;
  expect(rows).toEqual([
    { actor: "ann", action: "pause" },
    { actor: "bob", action: "resume" },
  ]);
});

test("a pause that holds 100,000 jobs is full, and events know it", async () => {
  const id = await pause(OF_RACER);
  const full = async () => (await loadWorkspace(stage.database, gates.workspaceId))!.pauses;
  expect(await full()).toMatchObject([{ id, functionId: "racer", isFull: false }]);
  await stage.database.sql`insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
    select ${gates.workspaceId}, ${id}::uuid, no, gen_random_uuid(), '00000000-0000-0000-0000-000000000000' from generate_series(1, ${HELD_MAX}::int) as no`;
  expect(await full()).toMatchObject([{ isFull: true }]);
  await stage.database.sql`delete from durable.parked where gate_id = ${id}::uuid`;
});
