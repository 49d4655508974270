// Why runs do not go on, as lists and one run say it: what is said, when a job is expected to go on, and what it costs.
import { expect, test } from "vitest";
import type { Outcome } from "../../engine/src/domain/outcome.ts";
import { openCircuit } from "../../engine/src/store/circuits.ts";
import type { Database } from "../../engine/src/store/database.ts";
import type { Lease } from "../../engine/src/store/leases.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { POSITION_MAX, POSITION_MAX_IN_LISTS, type RunWait } from "../../engine/src/store/run-waits.ts";
import { listRuns, NO_FILTER, type RunListed } from "../../engine/src/store/runs-listing.ts";
import { loadRun } from "../../engine/src/store/runs-listing-detail.ts";
import { intercept } from "../concurrency/intercept.ts";
import { commitItem, outcome, type Stage, step, stepIdOf, waitFor } from "../concurrency/stage.ts";
import type { Declared, GatesOnStage } from "../limits/gates-on-stage.ts";
import { stageWithGates } from "../limits/stage-with-gates.ts";

let stage: Stage;
let gates: GatesOnStage;
stageWithGates(52, (own) => {
  ({ stage, gates } = own);
});

const steps = (count: number): Declared => ({ unit: "step", count });

function list(database: Database = stage.database, limit = 200): Promise<RunListed[]> {
  return listRuns(database, gates.workspaceId, {
    ...NO_FILTER,
    before: null,
    limit,
  });
}

async function waitOf(run: string): Promise<RunWait | null> {
  const found = await loadRun(stage.database, gates.workspaceId, run);
  return found!.wait;
}

/** Ends the call of a leased run so that it waits for these entries. */
async function leaveWaiting(lease: Lease, more: Partial<Outcome>): Promise<void> {
  const decided = outcome("wait", more);
  const item = commitItem(lease, decided, { knownSeq: lease.journalSeq });
  const [result] = await commitOutcomes(stage.left, stage.engineId, [item]);
  expect(result!.state).toBe("applied");
}

test("a list says of each run what one run says of itself, whatever it waits for", async () => {
  await gates.declare({ one: steps(1) });
  const [sleeping, waiting, retried, again, held] = [
    await gates.start([]),
    await gates.start([]),
    await gates.start([]),
    await gates.start([]),
    await gates.start([gates.gate("one")]),
  ];
  const leases = new Map((await gates.claimAll()).map((lease) => [lease.runId, lease]));
  const parked = await gates.start([gates.gate("one")]);
  await gates.claimAll();
  const due = { value: null, dueMs: 3_600_000 };
  await leaveWaiting(leases.get(sleeping)!, { steps: [step("night", "pending", { op: "sleep", ...due })] });
  await leaveWaiting(leases.get(waiting)!, {
    steps: [step("approve", "pending", { op: "wait", value: null })],
    effects: [waitFor("approve", "approved", { id: 7 })],
  });
  await leaveWaiting(leases.get(retried)!, {
    steps: [step("pay", "retrying", { op: "run", ...due })],
    attempts: [{ stepId: stepIdOf("pay"), attempt: 1, outcome: "failed", failure: "{}" }],
  });
  await leaveWaiting(leases.get(again)!, { runAttempt: 1, retryMs: 3_600_000 });
  const ready = await gates.start([]);
  const listed = await list();
  expect(Object.fromEntries(listed.map(({ id, wait }) => [id, wait?.kind ?? null]))).toEqual({
    [sleeping]: "sleep",
    [waiting]: "event",
    [retried]: "retry",
    [again]: "retry",
    [held]: null,
    [parked]: "concurrency",
    [ready]: "slot",
  });
  for (const { id, wait } of listed) expect(await waitOf(id)).toEqual(wait);
  const of = (run: string) => listed.find(({ id }) => id === run)!.wait!;
  expect(of(sleeping)).toMatchObject({ step: { name: "night" }, starts_at: of(sleeping).until });
  expect(of(waiting)).toMatchObject({
    step: { name: "approve" },
    until: null,
    starts_unknown: "outside",
    events: [{ event: "approved", match: '{"id":7}' }],
  });
  expect(of(retried)).toMatchObject({ step: { name: "pay" }, attempt: 2, starts_at: of(retried).until });
  expect(of(again)).toMatchObject({ step: null, attempt: 2 });
  expect(of(parked).gate).toMatchObject({ used: 1, position: 1, holders: [{ run: held }] });

  await openCircuit(stage.database, gates.workspaceId, "it is down.", 60_000);
  expect(await waitOf(ready)).toMatchObject({
    kind: "circuit",
    circuit: { state: "open", last_error: "it is down." },
  });
  // Its limit is what it waits for first.
  expect((await waitOf(parked))!.kind).toBe("concurrency");
  await stage.database.sql`delete from durable.circuits where workspace_id = ${gates.workspaceId}`;

  await stage.database.sql`
    select durable.pause_run(${gates.workspaceId}, ${sleeping}, 'test', null, '{"name":"Paused","message":"by test"}')`;
  expect((await waitOf(sleeping))!.kind).toBe("paused");
});

test("a page costs one statement and walks no queue beyond its bound, however long it is", async () => {
  await gates.declare({ one: steps(1) });
  const one = gates.gate("one");
  const first = await gates.start([one]);
  await gates.claimAll();
  await gates.startAll([one], POSITION_MAX_IN_LISTS + 500);
  await gates.claimAll(stage.right, 2_000);
  const statements: string[] = [];
  const watched = intercept(stage.database, (text, pending) => {
    // Fragments begin otherwise.
    if (/^\s*(select|with)\b/.test(text)) statements.push(text);
    return pending;
  });
  const page = await list(watched, 50);
  expect(page).toHaveLength(50);
  expect(statements).toHaveLength(1);
  // One far behind: runs of one event come to the queue in any order.
  const wait = page.map((run) => run.wait!).find(({ gate }) => gate!.capped)!;
  expect(wait).toMatchObject({
    kind: "concurrency",
    starts_at: null,
    starts_unknown: "far",
    gate: { position: POSITION_MAX_IN_LISTS + 1, capped: true, holders: [{ run: first }] },
  });
  // One run alone is looked at more closely.
  expect(POSITION_MAX).toBeGreaterThan(POSITION_MAX_IN_LISTS);
  expect((await waitOf(await atEnd("desc")))!.gate).toMatchObject({
    position: POSITION_MAX_IN_LISTS + 500,
    capped: false,
  });
  expect((await waitOf(await atEnd("asc")))!.gate).toMatchObject({ position: 1, capped: false });

  const runs = page.map(({ id }) => id);
  const cost = await rowsRead(runs, POSITION_MAX_IN_LISTS);
  expect(cost.scans).toBe(0);
  expect(cost.rows).toBeGreaterThan(0);
  expect(cost.rows).toBeLessThan(runs.length * (POSITION_MAX_IN_LISTS + 20));
});

/** The run whose job is the first or the last of the queue. */
async function atEnd(order: "asc" | "desc"): Promise<string> {
  const [row] = await stage.database.sql.unsafe(
    `select run_id as run from durable.parked where workspace_id = ${gates.workspaceId} order by rank ${order}, run_id ${order} limit 1`,
  );
  return row!["run"];
}

/** Rows of `parked` that the answer for these runs reads. */
async function rowsRead(runs: readonly string[], positionMax: number) {
  const [read] = await stage.database.sql<{ scans: number; rows: number }[]>`
    with before as materialized (
      select pg_stat_get_xact_numscans('durable.parked'::regclass) as scans,
        pg_stat_get_xact_tuples_returned('durable.parked_pkey'::regclass) as rows
    ), looked as materialized (
      select count(w.wait) as waits, min(b.scans) as scans, min(b.rows) as rows
      from before b cross join lateral durable.run_waits(${gates.workspaceId}, ${[...runs]}::uuid[], ${positionMax}) as w
    )
    select (pg_stat_get_xact_numscans('durable.parked'::regclass) - scans)::int as scans,
      (pg_stat_get_xact_tuples_returned('durable.parked_pkey'::regclass) - rows)::int as rows from looked where waits > 0`;
  return read!;
}

test("when a job gets in is told from the pace at which places were freed of late", async () => {
  await gates.declare({ one: steps(1) });
  const one = gates.gate("one");
  const runs = [];
  for (let no = 0; no < 10; no += 1) runs.push(await gates.start([one]));
  const last = runs.at(-1)!;
  let [held] = await gates.claimAll();
  const next = async (afterMs: number) => {
    // As if the last place had been freed so long ago.
    await stage.database.sql`
      update durable.gates set freed_at = durable.durable_now() - ${afterMs} * interval '1 millisecond' where freed_at is not null`;
    await gates.letGo(held!);
    [held] = await gates.claimAll();
  };
  expect(await waitOf(last)).toMatchObject({ starts_at: null, starts_unknown: "unmeasured" });
  await next(0);
  expect(await waitOf(last)).toMatchObject({ starts_at: null, starts_unknown: "unmeasured" });
  await next(2_000);
  const told = (await waitOf(last))!;
  expect(told).toMatchObject({ starts_unknown: null, gate: { position: 7 } });
  expect(told.gate!.pace_ms! / 2_000).toBeCloseTo(1, 1);
  const inMs = Date.parse(told.starts_at!) - (await freedAtMs());
  expect(inMs / (7 * told.gate!.pace_ms!)).toBeCloseTo(1, 2);
  // Slower now: it follows, and does not jump.
  await next(4_000);
  expect((await waitOf(last))!.gate!.pace_ms! / 2_400).toBeCloseTo(1, 1);

  // Whoever is in hangs: a time from the past would be a lie.
  await stage.database.sql`
    update durable.gates set freed_at = durable.durable_now() - interval '60 seconds' where freed_at is not null`;
  expect(await waitOf(last)).toMatchObject({ starts_at: null, starts_unknown: "stalled" });
  await gates.declare({ one: steps(0) });
  expect(await waitOf(last)).toMatchObject({ starts_at: null, starts_unknown: "closed" });
  await gates.declare({ one: steps(1) });

  // Nobody waits: the time until the next one is freed says nothing about the pace.
  for (let left = 6; left > 0; left -= 1) await next(2_000);
  await gates.letGo(held!);
  await gates.claimAll();
  const [gate] = await stage.database.sql`
    select freed_at from durable.gates where workspace_id = ${gates.workspaceId}`;
  expect(gate!["freed_at"]).toBeNull();
});

async function freedAtMs(): Promise<number> {
  const [row] = await stage.database.sql<{ ms: number }[]>`
    select extract(epoch from freed_at)::float8 * 1000 as ms from durable.gates where workspace_id = ${gates.workspaceId}`;
  return row!.ms;
}
