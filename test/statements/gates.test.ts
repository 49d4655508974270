// What gates do, statement by statement: who is let in, who waits, and what a way out leaves.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openCircuit } from "../../engine/src/store/circuits.ts";
import type { GateWait } from "../../engine/src/store/gate-wait.ts";
import { sweepGates } from "../../engine/src/store/gates.ts";
import type { Lease } from "../../engine/src/store/leases.ts";
import { loadRun } from "../../engine/src/store/runs-listing-detail.ts";
import { Stage } from "../concurrency/stage.ts";
import { type Declared, GatesOnStage } from "../limits/gates-on-stage.ts";

let stage: Stage;
let gates: GatesOnStage;
beforeAll(async () => {
  stage = await Stage.open(51);
});
beforeEach(async () => {
  gates = await GatesOnStage.open(stage);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

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

test("why a job waits is found by its keys, and what is before it is counted up to 1,000", async () => {
  await gates.declare({ one: steps(1) });
  const one = gates.gate("one");
  const first = await gates.start([one]);
  await gates.claimAll();
  await gates.startAll([one], 1_500);
  await gates.claimAll(stage.right, 2_000);
  const [looked] = await stage.database.sql<{ gate: GateWait; scans: number; rows: number }[]>`
    with before as materialized (
      select pg_stat_get_xact_numscans('durable.parked'::regclass) as scans,
        pg_stat_get_xact_tuples_returned('durable.parked_pkey'::regclass) as rows
    ), looked as materialized (
      select durable.gate_wait(l::durable.live_runs) as gate, b.* from (
        select * from durable.live_runs where workspace_id = ${gates.workspaceId} and run_id <> ${first}
        order by ready_rank desc, run_id desc limit 1) as l, before b
    )
    select gate, (pg_stat_get_xact_numscans('durable.parked'::regclass) - scans)::int as scans,
      (pg_stat_get_xact_tuples_returned('durable.parked_pkey'::regclass) - rows)::int as rows from looked`;
  expect(looked!.gate).toMatchObject({ used: 1, ahead: 1_000, capped: true, holders: [{ run: first }] });
  expect(looked!.scans).toBe(0);
  expect(looked!.rows).toBeGreaterThan(0);
  expect(looked!.rows).toBeLessThan(1_100);
  const [next] = await stage.database.sql<{ gate: GateWait }[]>`
    select durable.gate_wait(l) as gate from durable.live_runs l join durable.parked k
      on k.workspace_id = l.workspace_id and k.gate_id = ${one.id} and k.run_id = l.run_id and k.rank = l.ready_rank
    where l.workspace_id = ${gates.workspaceId} order by k.rank, k.run_id limit 1`;
  expect(next!.gate).toMatchObject({ ahead: 0, capped: false });
  const [holder] = await stage.database.sql`
    select durable.gate_wait(l) as gate from durable.live_runs l where l.workspace_id = ${gates.workspaceId} and l.run_id = ${first}`;
  expect(holder!["gate"]).toBeNull();
});

test("who waits at a gate is not frozen by an app that is down", async () => {
  await gates.declare({ one: steps(1) });
  const runs = await startMany(3, gates.gate("one"));
  await gates.claimAll();
  await openCircuit(stage.database, gates.workspaceId, "it is down.", 60_000);
  const run = await loadRun(stage.database, gates.workspaceId, runs[2]!);
  expect(run!.live).toMatchObject({ circuit: { frozen_runs: 0 }, gate: { ahead: 1 } });
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
  const [, swept] = await stage.race(
    () => gates.start([one]),
    () => sweepGates(stage.right, 14),
  );
  expect((await gates.counts()).has(one.id)).toBe(true);
  expect(swept).toBeLessThanOrEqual(1);
  await gates.start([one]);
  expect(await gates.claimAll()).toHaveLength(1);
});
