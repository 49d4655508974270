// What gates do, statement by statement: who is let in, who waits, and what a way out leaves.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { openCircuit } from "../../engine/src/store/circuits.ts";
import { sweepGates } from "../../engine/src/store/gates.ts";
import { claimLeases, type Lease } from "../../engine/src/store/leases.ts";
import { setLimit } from "../../engine/src/store/limits.ts";
import { loadRun } from "../../engine/src/store/runs-listing-detail.ts";
import { fireTimers } from "../../engine/src/store/wake-ups.ts";
import type { Stage } from "../concurrency/stage.ts";
import type { Declared, GatesOnStage } from "../limits/gates-on-stage.ts";
import { stageWithGates } from "../limits/stage-with-gates.ts";
import { waitFor } from "../support/wait.ts";

let stage: Stage;
let gates: GatesOnStage;
stageWithGates(51, (own) => {
  ({ stage, gates } = own);
});

const steps = (count: number): Declared => ({ unit: "step", count });
const runsOf = (leases: readonly Lease[]) => leases.map(({ runId }) => runId);

async function startMany(count: number, ...at: Parameters<GatesOnStage["start"]>[0]): Promise<string[]> {
  const runs = [];
  for (let no = 0; no < count; no += 1) runs.push(await gates.start(at));
  return runs;
}

test("so many at a time, the others in the order in which they came", async () => {
  await gates.declare({ two: steps(2) });
  const two = gates.gate("two");
  const runs = await startMany(5, two);
  const first = await gates.claimAll();
  expect(runsOf(first)).toEqual(runs.slice(0, 2));
  expect((await gates.counts()).get(two.id)).toEqual({ used: 2, parked: 3 });
  await gates.letGo(first[1]!);
  const second = await gates.claimAll();
  expect(runsOf(second)).toEqual([runs[2]]);
  expect(second[0]!.gates).toBe("contended");
  await gates.letGo(first[0]!);
  await gates.letGo(second[0]!);
  const third = await gates.claimAll();
  expect(runsOf(third)).toEqual(runs.slice(3));
  expect(third[0]!.gates).toBe("step");
  for (const lease of third) await gates.letGo(lease);
  expect(await gates.claimAll()).toEqual([]);
  expect((await gates.counts()).get(two.id)).toEqual({ used: 0, parked: 0 });
});

test("a run that waits holds no place of a step, and the place of a run", async () => {
  await gates.declare({ steps: steps(1), runs: { unit: "run", count: 1 } });
  const [a, b] = await startMany(2, gates.gate("steps"));
  const [held] = await gates.claimAll();
  expect(held!.runId).toBe(a);
  await gates.letGo(held!, "wait");
  expect(runsOf(await gates.claimAll())).toEqual([b]);

  const [c, d] = await startMany(2, gates.gate("runs", "run"));
  const [first] = await gates.claimAll();
  expect(first!.runId).toBe(c);
  await gates.letGo(first!, "requeue");
  const [again] = await gates.claimAll();
  expect(again!.runId).toBe(c);
  await gates.letGo(again!);
  expect(runsOf(await gates.claimAll())).toEqual([d]);
});

test("all gates or none: one that is stopped at the second holds nothing at the first", async () => {
  await gates.declare({ one: steps(1), other: steps(1) });
  const [one, other] = [gates.gate("one"), gates.gate("other")];
  await gates.start([other]);
  const [holder] = await gates.claimAll();
  const waiting = await gates.start([one, other]);
  const free = await gates.start([one]);
  const [own] = await gates.claimAll();
  expect(own!.runId).toBe(free);
  await gates.letGo(holder!);
  expect(await gates.claimAll()).toEqual([]);
  await gates.letGo(own!);
  expect(runsOf(await gates.claimAll())).toEqual([waiting]);
});

test.each([
  ["left", "right"],
  ["right", "left"],
])(
  "of two that woke in one statement the older run goes first, though the gate on the %s was freed before that on the %s",
  async (freed, thenFreed) => {
    await gates.declare({ left: steps(1), right: steps(1), one: steps(1) });
    const one = gates.gate("one");
    const sleepers: string[] = [];
    for (const name of ["left", "right"]) {
      sleepers.push(await gates.start([gates.gate(name), one]));
      const [lease] = await gates.claimAll();
      await gates.letGo(lease!, "wait");
    }
    await gates.start([gates.gate(freed)]);
    await gates.start([gates.gate(thenFreed)]);
    const holders = await gates.claimAll();
    expect(holders).toHaveLength(2);
    await stage.database.sql`
      update durable.steps set due_at = '-infinity' where workspace_id = ${gates.workspaceId} and status = 'pending'`;
    await stage.database
      .sql`update durable.timers set due_at = '-infinity' where workspace_id = ${gates.workspaceId}`;
    expect((await fireTimers(stage.database, 10)).fired).toBe(2);
    expect(await gates.claimAll()).toEqual([]);
    await gates.letGoAll(holders);
    const [first] = await gates.claimAll();
    expect(first!.runId).toBe(sleepers[0]);
    await gates.letGo(first!);
    const [second] = await gates.claimAll();
    expect(second!.runId).toBe(sleepers[1]);
    await gates.letGo(second!);
  },
);

test("a number that is raised lets in at once, one that is lowered lets nobody in until it holds", async () => {
  await gates.declare({ many: steps(1) });
  const runs = await startMany(6, gates.gate("many"));
  const first = await gates.claimAll();
  expect(first).toHaveLength(1);
  await gates.declare({ many: steps(3) });
  const more = await gates.claimAll();
  expect(runsOf(more)).toEqual(runs.slice(1, 3));
  await gates.declare({ many: steps(1) });
  await gates.letGo(first[0]!);
  await gates.letGo(more[0]!);
  expect(await gates.claimAll()).toEqual([]);
  await gates.letGo(more[1]!);
  expect(runsOf(await gates.claimAll())).toEqual([runs[3]]);
  await gates.declare({});
  expect(runsOf(await gates.claimAll())).toEqual(runs.slice(4));
});

test("with a thousand parked, a number set by API or by sync is in force with the next claim, in both directions", async () => {
  await gates.declare({ many: steps(1) });
  const many = gates.gate("many");
  const runs = new Set(await gates.startAll([many], 1_000));
  let held = await gates.claimAll();
  const { id } = (
    await stage.database.sql<{ id: string }[]>`
      select limit_id as id from durable.gates where workspace_id = ${gates.workspaceId}`
  )[0]!;
  const set = (count: number | null) =>
    setLimit(stage.database, gates.workspaceId, "test", { id, count, reason: null });
  const claim = async () => {
    const leases = await claimLeases(stage.right, stage.engineId, 128);
    held.push(...leases);
    return leases.length;
  };
  const end = async (count: number) => {
    for (const lease of held.splice(0, count)) {
      expect(runs.delete(lease.runId)).toBe(true);
      await gates.letGo(lease);
    }
  };
  expect(held).toHaveLength(1);
  await set(50);
  expect([await claim(), await claim()]).toEqual([49, 0]);
  await gates.declare({ many: steps(7) });
  // What a person has said holds over a sync.
  expect(await claim()).toBe(0);
  await set(null);
  await end(43);
  expect(await claim()).toBe(0);
  await end(1);
  expect(await claim()).toBe(1);
  await gates.declare({ many: steps(70) });
  expect(await claim()).toBe(63);
  await set(0);
  await end(60);
  expect([await claim(), held.length]).toEqual([0, 10]);
  await gates.declare({});
  for (let leased = -1; leased !== 0; ) leased = await claim();
  expect(new Set(held.map(({ runId }) => runId))).toEqual(runs);
  expect(held).toHaveLength(runs.size);
  held = [];
});

test("a number that is raised for many keys lets in as many as a claim asks for, each key in its turn", async () => {
  await gates.declare({ many: steps(1) });
  const keys = Array.from({ length: 60 }, (_, no) => gates.gate("many", "step", `${no}`));
  for (const key of keys) await gates.startAll([key], key === keys[0] ? 101 : 2);
  expect(await gates.claimAll()).toHaveLength(60);
  await gates.declare({ many: steps(500) });
  const firstOfKey = new Map<string, number>();
  const seen: number[] = [];
  for (let again = true; again; ) {
    again = false;
    const leases = await claimLeases(stage.right, stage.engineId, 10, () => {
      again = true;
    });
    expect(leases.length).toBeLessThanOrEqual(10);
    const rows = await stage.database.sql<{ key: string }[]>`
      select distinct g.key from durable.grants t join durable.gates g on g.workspace_id = t.workspace_id and g.id = t.gate_id
      where t.workspace_id = ${gates.workspaceId} and t.run_id = any (${runsOf(leases)}::uuid[])`;
    for (const { key } of rows) if (!firstOfKey.has(key)) firstOfKey.set(key, seen.length);
    seen.push(leases.length);
    again ||= leases.length === 10;
  }
  // Nobody had to come back later: what is left to do, a claim says at once.
  expect(seen.reduce((sum, count) => sum + count, 0)).toBe(100 + 59);
  expect(firstOfKey.size).toBe(60);
  // The key with a hundred has had its ten, and waits until all others have had theirs.
  expect(Math.max(...firstOfKey.values())).toBeLessThanOrEqual(9);
});

test("a cancelled run leaves its place, parked or let in", async () => {
  await gates.declare({ one: steps(1) });
  const runs = await startMany(3, gates.gate("one"));
  await gates.claimAll();
  for (const run of runs.slice(0, 2)) {
    await stage.database.sql`select durable.cancel_run(${gates.workspaceId}, ${run}, 'test', null)`;
  }
  expect(runsOf(await gates.claimAll())).toEqual([runs[2]]);
  expect((await gates.counts()).get(gates.gate("one").id)).toEqual({ used: 1, parked: 0 });
});

test("a throttle lets its burst in at once, and knows when the next may go", async () => {
  await gates.declare({ slow: { unit: "start", count: 10, periodMs: 60_000, burst: 3 } });
  const runs = await startMany(6, gates.gate("slow", "start"));
  expect(runsOf(await gates.claimAll())).toEqual(runs.slice(0, 3));
  const [note] = await stage.database.sql<{ ms: number }[]>`
    select extract(epoch from min(due_at) - durable.durable_now())::float8 * 1000 as ms from durable.gate_notes`;
  expect(note!.ms).toBeGreaterThan(1_000);
  expect(note!.ms).toBeLessThanOrEqual(6_000);
});

test("who waits at a gate is not frozen by an app that is down", async () => {
  await gates.declare({ one: steps(1) });
  const runs = await startMany(3, gates.gate("one"));
  await gates.claimAll();
  await openCircuit(stage.database, gates.workspaceId, "it is down.", 60_000);
  const run = await loadRun(stage.database, gates.workspaceId, runs[2]!);
  expect(run!.live).toMatchObject({ circuit: { frozen_runs: 0 } });
  expect(run!.wait).toMatchObject({ kind: "concurrency", gate: { position: 2 } });
  await stage.database.sql`delete from durable.circuits where workspace_id = ${gates.workspaceId}`;
});

test("a gate goes when nobody has come for days and nobody will, and comes again with the next run", async () => {
  await gates.declare({ one: steps(1), whole: { unit: "run", count: 1 } });
  const [gone, asleep, fresh] = [
    gates.gate("one"),
    gates.gate("whole", "run"),
    gates.gate("one", "step", '"fresh"'),
  ];
  await gates.start([gone]);
  await gates.letGo((await gates.claimAll())[0]!);
  await gates.start([asleep]);
  await gates.letGo((await gates.claimAll())[0]!, "wait");
  await gates.claimAll();
  await stage.database
    .sql`update durable.gates set touched_on = current_date - 20 where workspace_id = ${gates.workspaceId}`;
  await gates.start([fresh]);
  await gates.letGo((await gates.claimAll())[0]!);
  await gates.claimAll();
  expect(await sweepGates(stage.database, 14)).toBe(1);
  expect([...(await gates.counts()).keys()].sort()).toEqual([asleep.id, fresh.id].sort());
  await gates.start([gone]);
  await gates.start([gone]);
  expect(await gates.claimAll()).toHaveLength(1);
});

test("a gate that a run comes to while it is swept stays", async () => {
  await gates.declare({ one: steps(1) });
  const one = gates.gate("one");
  await gates.start([one]);
  await gates.letGo((await gates.claimAll())[0]!);
  await gates.claimAll();
  await stage.database
    .sql`update durable.gates set touched_on = current_date - 20 where workspace_id = ${gates.workspaceId}`;
  await stage.race(
    () => gates.start([one]),
    () => sweepGates(stage.right, 14),
  );
  expect((await gates.counts()).has(one.id)).toBe(true);
  await gates.start([one]);
  expect(await gates.claimAll()).toHaveLength(1);
});

test("a gate is swept while a run comes to it: the run's touch counts, and the gate stays", async () => {
  await gates.declare({ one: steps(1) });
  const one = gates.gate("one");
  await gates.start([one]);
  await gates.letGo((await gates.claimAll())[0]!);
  await gates.claimAll();
  await stage.database
    .sql`update durable.gates set touched_on = current_date - 20 where workspace_id = ${gates.workspaceId}`;
  await stage.left.sql.unsafe(
    `begin; update durable.gates set touched_on = current_date where workspace_id = ${gates.workspaceId}`,
  );
  const sweeping = sweepGates(stage.right, 14);
  await untilSomebodyWaits();
  await stage.left.sql.unsafe("commit");
  expect(await sweeping).toBe(0);
  expect((await gates.counts()).has(one.id)).toBe(true);
});

test("a throttle that has not been paid for stays, however long nobody came", async () => {
  await gates.declare({ slow: { unit: "start", count: 1, periodMs: 30 * 86_400_000 } });
  const slow = gates.gate("slow", "start");
  await gates.start([slow]);
  await gates.letGo((await gates.claimAll())[0]!);
  await stage.database
    .sql`update durable.gates set touched_on = current_date - 20 where workspace_id = ${gates.workspaceId}`;
  expect(await sweepGates(stage.database, 14)).toBe(0);
  await gates.start([slow]);
  expect(await gates.claimAll()).toEqual([]);
});

test("tenants that nobody came for go with how far they were, but for those of runs that are there", async () => {
  const queueId = randomUUID();
  const tenant = (key: string) => ({ id: randomUUID(), queueId, functionId: "racer", key, weight: 1 });
  const [gone, asleep] = [tenant('"gone"'), tenant('"asleep"')];
  for (const each of [gone, asleep]) await gates.start([], { order: { priority: 0, tenant: each } });
  const leases = await gates.claimAll();
  await gates.letGo(leases[0]!);
  await gates.letGo(leases[1]!, "wait");
  await stage.database
    .sql`update durable.tenants set touched_on = current_date - 20 where workspace_id = ${gates.workspaceId}`;
  expect(await sweepGates(stage.database, 14)).toBe(1);
  const left = await stage.database.sql<{ id: string }[]>`
    select id from durable.tenants where workspace_id = ${gates.workspaceId}`;
  expect(left.map(({ id }) => id)).toEqual([asleep.id]);
  const times = await stage.database.sql<{ id: string }[]>`
    select id from durable.virtual_times where workspace_id = ${gates.workspaceId}`;
  expect(times.map(({ id }) => id).sort()).toEqual([asleep.id, queueId].sort());
});

test("a number that a person has set goes with its limit, and is not there when the limit is declared again", async () => {
  await gates.declare({ one: steps(1) });
  const [limit] = await stage.database.sql<{ id: string }[]>`
    select id from durable.limits where workspace_id = ${gates.workspaceId}`;
  await setLimit(stage.database, gates.workspaceId, "test", { id: limit!.id, count: 0, reason: null });
  await gates.start([gates.gate("one")]);
  expect(await gates.claimAll()).toEqual([]);
  await gates.declare({});
  await gates.declare({ one: steps(1) });
  expect(await gates.claimAll()).toHaveLength(1);
});

test.each(["a person", "a sync"])(
  "a number from %s is in force when it is answered: it waits for the claim that lets in by the old one",
  async (who) => {
    await gates.declare({ one: steps(1) });
    await gates.start([gates.gate("one")]);
    const [limit] = await stage.database.sql<{ id: string }[]>`
      select id from durable.limits where workspace_id = ${gates.workspaceId}`;
    await stage.left.sql.unsafe(
      `begin; select 1 from durable.gatekeepers where workspace_id = ${gates.workspaceId} for update`,
    );
    const setting =
      who === "a person"
        ? setLimit(stage.right, gates.workspaceId, "test", { id: limit!.id, count: 0, reason: null })
        : gates.declare({ one: steps(0) });
    await untilSomebodyWaits();
    await stage.left.sql.unsafe("commit");
    await setting;
    expect(await gates.claimAll()).toEqual([]);
  },
);

/** Until a statement waits for the lock of another. */
async function untilSomebodyWaits(): Promise<void> {
  await waitFor("a statement that waits for a lock", async () => {
    const [row] = await stage.database.sql<{ count: number }[]>`
      select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return row!.count > 0;
  });
}
