// Jobs of a workspace whose circuit is open wait beside the queue. Whatever meets there, each job is in one place, and
// none is left behind when the circuit closes.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import {
  closeCircuit,
  endProbe,
  openCircuit,
  releaseParked,
  takeProbe,
} from "../../engine/src/store/circuits.ts";
import { claimLeases, claimParked, type Lease } from "../../engine/src/store/leases.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { closeCircuitOf } from "./close-circuit.ts";
import { rounds } from "./rounds.ts";
import { commitItem, type HeldRun, outcome, Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(19);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

beforeEach(async () => {
  await openCircuit(stage.database, stage.workspaceId, "it is down.", 1_000);
});

const parked = () => count("parked");
const ready = () => count("ready");
async function count(table: "parked" | "ready" | "live_runs"): Promise<number> {
  const [row] = await stage.database.sql.unsafe<{ n: number }[]>(
    `select count(*)::int as n from durable.${table}`,
  );
  return row!.n;
}

/** Runs with a job in ready. */
async function queue(runs: number): Promise<HeldRun[]> {
  const held = await stage.startRuns(runs);
  const items = held.map((run) => commitItem(run, outcome("requeue")));
  await commitOutcomes(stage.database, stage.engineId, items);
  return held;
}

const close = () => closeCircuitOf(stage.database, stage.workspaceId, 1_000);

test("a claim parks what may not run, says so, and leases what stands behind it", async () => {
  await queue(5);
  const [other] = await stage.database.sql<{ id: number }[]>`
    insert into durable.workspaces (app, environment) values ('other', 'test') returning id`;
  const ofRace = stage.workspaceId;
  stage.workspaceId = other!.id;
  const [behind] = await queue(1);
  stage.workspaceId = ofRace;

  let told = 0;
  const leases = await claimLeases(stage.left, stage.engineId, 10, () => {
    told += 1;
  });
  expect(leases.map(({ runId }) => runId)).toEqual([behind!.runId]);
  expect([told, await parked(), await ready()]).toEqual([1, 5, 0]);
  await stage.complete(leases);
  // Once each: the next claim has nothing to do with them.
  expect(await claimLeases(stage.left, stage.engineId, 10, () => told++)).toEqual([]);
  expect(told).toBe(1);

  // Taken by the number, oldest first, with the rank they had.
  await endProbe(stage.database, stage.workspaceId, null);
  const two = await claimParked(stage.left, stage.engineId, stage.workspaceId, 2, () => {});
  expect(two.length).toBe(2);
  for (const lease of two) expect(lease.readyRank).toBeGreaterThan(0);
  expect([await parked(), await ready()]).toEqual([3, 0]);
  await stage.complete(two);
  await close();
  expect([await parked(), await ready()]).toEqual([0, 3]);
  await stage.complete(await claimLeases(stage.left, stage.engineId, 10));
});

test("a circuit that closes while jobs are being parked leaves none behind", async () => {
  for (const round of rounds()) {
    await openCircuit(stage.database, stage.workspaceId, "it is down.", 1_000);
    await queue(2);
    await endProbe(stage.database, stage.workspaceId, null);
    const [leases] = await stage.race(
      () => claimLeases(stage.left, stage.engineId, 10),
      async () => {
        await closeCircuit(stage.right, stage.workspaceId);
        await releaseParked(stage.right, stage.workspaceId, 10);
      },
    );
    await close();
    expect(await parked(), `round ${round}`).toBe(0);
    await stage.complete([...leases, ...(await claimLeases(stage.left, stage.engineId, 10))]);
    expect(await count("live_runs"), `round ${round}`).toBe(0);
  }
});

test("a run that is cancelled while its job is taken out is never continued", async () => {
  for (const round of rounds()) {
    await openCircuit(stage.database, stage.workspaceId, "it is down.", 1_000);
    const [run] = await queue(1);
    await claimLeases(stage.left, stage.engineId, 10);
    expect(await parked()).toBe(1);
    await endProbe(stage.database, stage.workspaceId, null);
    const takeOut = stage.pick([
      () => claimParked(stage.left, stage.engineId, stage.workspaceId, 10, () => {}),
      async () => {
        await closeCircuit(stage.left, stage.workspaceId);
        await releaseParked(stage.left, stage.workspaceId, 10);
        return [] as Lease[];
      },
    ]);
    const [leases] = await stage.race(takeOut, async () => {
      await stage.right.sql`
        select durable.cancel_run(${run!.workspaceId}, ${run!.runId}, 'test', 'because', true)`;
    });
    for (const lease of leases) {
      const [late] = await commitOutcomes(stage.left, stage.engineId, [
        commitItem(lease, outcome("completed")),
      ]);
      expect(late!.state).toBe("lost");
    }
    await close();
    expect(await claimLeases(stage.left, stage.engineId, 10)).toEqual([]);
    expect([await parked(), await ready(), await count("live_runs")], `round ${round}`).toEqual([0, 0, 0]);
  }
});

test("two engines that take the probe at once: one gets it", async () => {
  for (const round of rounds()) {
    await stage.database.sql`update durable.circuits set next_probe_at = clock_timestamp()`;
    const taken = await stage.race(
      () => takeProbe(stage.left, stage.workspaceId, 2_000),
      () => takeProbe(stage.right, stage.workspaceId, 2_000),
    );
    expect([...taken].sort(), `round ${round}`).toEqual([false, true]);
  }
  const [row] = await stage.database.sql`select probe_ms from durable.circuits`;
  expect(row!["probe_ms"]).toBe(2_000);
  await close();
});
