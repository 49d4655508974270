import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Gate, RunGates } from "../../engine/src/domain/gates.ts";
import { insertEvents } from "../../engine/src/store/accepted-events.ts";
import type { GateWait } from "../../engine/src/store/gate-wait.ts";
import { claimLeases, type Lease } from "../../engine/src/store/leases.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { commitItem, outcome, Stage, step } from "../concurrency/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(51);
});
beforeEach(async () => {
  // A workspace of its own for each test: gates of another must not be claimed by it.
  const [row] = await stage.database.sql<{ id: number }[]>`
    insert into durable.workspaces (app, environment) values (${randomUUID()}, 'test') returning id`;
  stage.workspaceId = row!.id;
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

interface Declared {
  readonly count: number | null;
  readonly unit?: Gate["unit"];
  readonly periodMs?: number;
  readonly burst?: number;
}

const limitIds = new Map<string, string>();

/** Limits by name; each name is one, as long as the test runs. */
async function declare(limits: Readonly<Record<string, Declared>>): Promise<void> {
  const { sql } = stage.database;
  const all = Object.entries(limits);
  const idOf = (name: string) => {
    const key = `${stage.workspaceId} ${name}`;
    if (!limitIds.has(key)) limitIds.set(key, randomUUID());
    return limitIds.get(key)!;
  };
  await sql`select durable.declare_limits(${stage.workspaceId}, ${all.map(([name]) => idOf(name))}::uuid[],
    ${all.map(([name]) => name)}::text[], ${all.map(() => "racer")}::text[],
    ${all.map(([, { unit }]) => (unit === "start" ? "throttle" : "concurrency"))}::text[], ${all.map(([, { count }]) => count)}::int[],
    ${all.map(([, { periodMs }]) => periodMs ?? null)}::float8[], ${all.map(([, { burst }]) => burst ?? 1)}::int[])`;
}

const gateIds = new Map<string, string>();

function gate(name: string, unit: Gate["unit"] = "step", key: string | null = null): Gate {
  const limitId = limitIds.get(`${stage.workspaceId} ${name}`)!;
  const id = `${limitId} ${unit} ${key}`;
  if (!gateIds.has(id)) gateIds.set(id, randomUUID());
  return { id: gateIds.get(id)!, limitId, unit, key };
}

async function start(...gates: Gate[]): Promise<string> {
  const runId = randomUUID();
  const own: RunGates = {
    run: gates.filter(({ unit }) => unit !== "step"),
    step: gates.filter(({ unit }) => unit === "step"),
    units: 1,
  };
  await insertEvents(
    stage.database,
    stage.engineId,
    stage.rows(stage.event("go", "{}", [{ runId, fence: null, gates: own }])),
  );
  return runId;
}

/** All that can be leased now, as engines do: again as long as there is something. */
async function claim(limit = 10): Promise<Lease[]> {
  const leases: Lease[] = [];
  for (let again = true; again; ) {
    again = false;
    leases.push(
      ...(await claimLeases(stage.left, stage.engineId, limit, () => {
        again = true;
      })),
    );
  }
  return leases;
}

const NAP = step("nap", "pending", { op: "sleep", value: null, dueMs: 86_400_000 });

const runsOf = (leases: readonly Lease[]) => leases.map(({ runId }) => runId);

async function end(lease: Lease, kind: "completed" | "wait" | "requeue" = "completed"): Promise<void> {
  const [result] = await commitOutcomes(stage.right, stage.engineId, [
    commitItem(lease, outcome(kind, { steps: kind === "wait" ? [NAP] : [] })),
  ]);
  expect(result!.state).toBe("applied");
}

async function look(of: Gate) {
  const [row] = await stage.database.sql`
    select used, parked from durable.gates where workspace_id = ${stage.workspaceId} and id = ${of.id}`;
  return { ...row };
}

test("so many at a time, the others in the order in which they came", async () => {
  await declare({ two: { count: 2 } });
  const runs = [];
  for (let no = 0; no < 5; no += 1) runs.push(await start(gate("two")));
  const first = await claim();
  expect(runsOf(first)).toEqual(runs.slice(0, 2));
  expect(await look(gate("two"))).toEqual({ used: 2, parked: 3 });
  await end(first[1]!);
  const second = await claim();
  expect(runsOf(second)).toEqual([runs[2]]);
  expect(second[0]!.gates).toBe("contended");
  await end(first[0]!);
  await end(second[0]!);
  const third = await claim();
  expect(runsOf(third)).toEqual(runs.slice(3));
  expect(third[0]!.gates).toBe("step");
  for (const lease of third) await end(lease);
  expect(await claim()).toEqual([]);
  expect(await look(gate("two"))).toEqual({ used: 0, parked: 0 });
});

test("a run that waits holds no place of a step, and the place of a run", async () => {
  await declare({ steps: { count: 1 }, runs: { count: 1, unit: "run" } });
  const a = await start(gate("steps"));
  const b = await start(gate("steps"));
  const [held] = await claim();
  expect(held!.runId).toBe(a);
  await end(held!, "wait");
  expect(runsOf(await claim())).toEqual([b]);

  const c = await start(gate("runs", "run"));
  const d = await start(gate("runs", "run"));
  const [first] = await claim();
  expect(first!.runId).toBe(c);
  await end(first!, "requeue");
  const [again] = await claim();
  expect(again!.runId).toBe(c);
  await end(again!);
  expect(runsOf(await claim())).toEqual([d]);
});

test("all gates or none: one that is stopped at the second holds nothing at the first", async () => {
  await declare({ one: { count: 1 }, other: { count: 1 } });
  const both = [gate("one"), gate("other")];
  await start(gate("other"));
  const [holder] = await claim();
  const waiting = await start(...both);
  const free = await start(gate("one"));
  expect(runsOf(await claim())).toEqual([free]);
  await end(holder!);
  expect(await claim()).toEqual([]);
  const [own] = await stage.database.sql<
    Lease[]
  >`select workspace_id as "workspaceId", run_id as "runId", fence from durable.live_runs where run_id = ${free}`;
  await end(own!);
  expect(runsOf(await claim())).toEqual([waiting]);
});

test("a number that is raised lets in at once, one that is lowered lets nobody in until it holds", async () => {
  await declare({ many: { count: 1 } });
  const runs = [];
  for (let no = 0; no < 6; no += 1) runs.push(await start(gate("many")));
  const first = await claim();
  expect(first).toHaveLength(1);
  await declare({ many: { count: 3 } });
  const more = await claim();
  expect(runsOf(more)).toEqual(runs.slice(1, 3));
  await declare({ many: { count: 1 } });
  await end(first[0]!);
  await end(more[0]!);
  expect(await claim()).toEqual([]);
  await end(more[1]!);
  expect(runsOf(await claim())).toEqual([runs[3]]);
  await declare({});
  expect(runsOf(await claim())).toEqual(runs.slice(4));
});

test("a cancelled run leaves its place, parked or let in", async () => {
  await declare({ one: { count: 1 } });
  const runs = [await start(gate("one")), await start(gate("one")), await start(gate("one"))];
  await claim();
  await stage.database.sql`select durable.cancel_run(${stage.workspaceId}, ${runs[1]!}, 'test', null)`;
  await stage.database.sql`select durable.cancel_run(${stage.workspaceId}, ${runs[0]!}, 'test', null)`;
  expect(runsOf(await claim())).toEqual([runs[2]]);
  expect(await look(gate("one"))).toEqual({ used: 1, parked: 0 });
});

test("a throttle lets one start per interval, and its burst at once", async () => {
  await declare({ slow: { count: 10, unit: "start", periodMs: 60_000, burst: 3 } });
  const runs = [];
  for (let no = 0; no < 6; no += 1) runs.push(await start(gate("slow", "start")));
  expect(runsOf(await claim())).toEqual(runs.slice(0, 3));
  const [note] = await stage.database.sql<{ ms: number }[]>`
    select extract(epoch from min(due_at) - durable.durable_now())::float8 * 1000 as ms from durable.gate_notes`;
  expect(note!.ms).toBeGreaterThan(5_000);
  expect(note!.ms).toBeLessThanOrEqual(6_000);
});

test("why a job waits is found by its keys, and what is before it is counted up to 1,000", async () => {
  await declare({ one: { count: 1 } });
  const first = await start(gate("one"));
  await claim();
  const own: RunGates = { run: [], step: [gate("one")], units: 1 };
  const runs = Array.from({ length: 1_500 }, () => ({ runId: randomUUID(), fence: null, gates: own }));
  await insertEvents(stage.database, stage.engineId, stage.rows(stage.event("go", "{}", runs)));
  await claim(2_000);
  const [looked] = await stage.database.sql<{ gate: GateWait; scans: number; rows: number }[]>`
    with before as materialized (
      select pg_stat_get_xact_numscans('durable.parked'::regclass) as scans,
        pg_stat_get_xact_tuples_returned('durable.parked_pkey'::regclass) as rows
    ), looked as materialized (
      select durable.gate_wait(l::durable.live_runs) as gate, b.* from (
        select * from durable.live_runs where workspace_id = ${stage.workspaceId} and run_id <> ${first}
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
      on k.workspace_id = l.workspace_id and k.gate_id = ${gate("one").id} and k.run_id = l.run_id and k.rank = l.ready_rank
    where l.workspace_id = ${stage.workspaceId} order by k.rank, k.run_id limit 1`;
  expect(next!.gate).toMatchObject({ ahead: 0, capped: false });
  const [holder] = await stage.database.sql`
    select durable.gate_wait(l) as gate from durable.live_runs l where l.workspace_id = ${stage.workspaceId} and l.run_id = ${first}`;
  expect(holder!["gate"]).toBeNull();
});
