// The races that strand jobs at limits elsewhere, and those that let too many in.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { Gate } from "../../engine/src/domain/gates.ts";
import { openCircuit } from "../../engine/src/store/circuits.ts";
import { claimLeases, type Lease } from "../../engine/src/store/leases.ts";
import type { Declared, GatesOnStage } from "../limits/gates-on-stage.ts";
import { stageWithGates } from "../limits/stage-with-gates.ts";
import { closeCircuitOf } from "./close-circuit.ts";
import { batches, Ends, ROUNDS, rounds } from "./rounds.ts";
import type { Stage } from "./stage.ts";

let stage: Stage;
let gates: GatesOnStage;
stageWithGates(61, (own) => {
  ({ stage, gates } = own);
});

const TIMEOUT = { timeout: 300_000 };
const claim = () => claimLeases(stage.right, stage.engineId, 10);

/** Gates for a round each, so that rounds of a batch are beside each other and do not meet. */
interface Lane {
  readonly left: Gate;
  readonly right: Gate;
}
const LANES = 25;

async function declareLanes(): Promise<Lane[]> {
  const lanes = Array.from({ length: LANES }, (_, no) => no);
  const one: Declared = { unit: "step", count: 1 };
  await gates.declare(
    Object.fromEntries(lanes.flatMap((no) => [`left ${no}`, `right ${no}`]).map((name) => [name, one])),
  );
  return lanes.map((no) => ({ left: gates.gate(`left ${no}`), right: gates.gate(`right ${no}`) }));
}

/** A run for each gate of the lanes, which holds it: by lane. */
async function hold(lanes: readonly Lane[]): Promise<{ atLeft: Lease; atRight: Lease }[]> {
  const holders = await gates.startEach(lanes.flatMap(({ left, right }) => [[left], [right]]));
  const held = await gates.claimAll();
  expect(held.map(({ runId }) => runId).toSorted()).toEqual(holders.toSorted());
  const leaseOf = (runId: string) => held.find((lease) => lease.runId === runId)!;
  return lanes.map((_, no) => ({
    atLeft: leaseOf(holders[2 * no]!),
    atRight: leaseOf(holders[2 * no + 1]!),
  }));
}

const idsOf = (leases: readonly Lease[]) => leases.map(({ runId }) => runId).toSorted();

test("a job that parks beside the one that frees its place is let in", TIMEOUT, async () => {
  await gates.declare({ one: { unit: "step", count: 1 } });
  await gates.start([gates.gate("one")]);
  let [holder] = await gates.claimAll();
  const ends = new Ends("parked first", "let in at once");
  for (const _ of ends.allRounds()) {
    const next = await gates.start([gates.gate("one")]);
    const [, leased] = await stage.race(() => gates.letGo(holder!), claim);
    ends.add(leased.length === 0 ? "parked first" : "let in at once");
    const [lease] = leased.length > 0 ? leased : await gates.claimAll();
    expect(lease?.runId).toBe(next);
    holder = lease;
  }
});

test(
  "one that needs two gates, freed at the same moment, goes, and the one behind it too",
  TIMEOUT,
  async () => {
    const all = await declareLanes();
    for (const count of batches(LANES)) {
      const lanes = all.slice(0, count);
      const holders = await hold(lanes);
      const expected = await gates.startEach(lanes.map(({ left, right }) => [left, right]));
      expected.push(...(await gates.startEach(lanes.flatMap(({ left, right }) => [[left], [right]]))));
      expect(await gates.claimAll()).toEqual([]);
      let leases: Lease[] = [];
      for (const [no, { atLeft, atRight }] of holders.entries()) {
        const [, claimed] = await stage.race(async () => {
          for (const lease of no % 2 === 0 ? [atLeft, atRight] : [atRight, atLeft]) await gates.letGo(lease);
        }, claim);
        leases.push(...claimed);
      }
      leases.push(...(await gates.claimAll()));
      const seen = idsOf(leases);
      while (leases.length > 0) {
        await gates.letGoAll(leases);
        leases = await gates.claimAll();
        seen.push(...idsOf(leases));
      }
      expect(seen.toSorted()).toEqual(expected.toSorted());
    }
  },
);

test(
  "a job held by two gates strands nobody: the third goes while the second gate stays full",
  TIMEOUT,
  async () => {
    const all = await declareLanes();
    for (const count of new Ends().batches(LANES, ROUNDS, Number.POSITIVE_INFINITY)) {
      const lanes = all.slice(0, count);
      const holders = await hold(lanes);
      const both = await gates.startEach(lanes.map(({ left, right }) => [left, right]));
      const third = await gates.startEach(lanes.map(({ left }) => [left]));
      expect(await gates.claimAll()).toEqual([]);
      const leases: Lease[] = [];
      for (const { atLeft } of holders) {
        const [, claimed] = await stage.race(() => gates.letGo(atLeft), claim);
        leases.push(...claimed);
      }
      leases.push(...(await gates.claimAll()));
      expect(idsOf(leases)).toEqual(third.toSorted());
      await gates.letGoAll(leases);
      expect(await gates.claimAll()).toEqual([]);
      await gates.letGoAll(holders.map(({ atRight }) => atRight));
      const last = await gates.claimAll();
      expect(idsOf(last)).toEqual(both.toSorted());
      await gates.letGoAll(last);
    }
  },
);

test("a cancel beside the claim that lets the job in leaves no place taken", TIMEOUT, async () => {
  await gates.declare({ one: { unit: "step", count: 1 }, whole: { unit: "run", count: 2 } });
  const at = [gates.gate("whole", "run"), gates.gate("one")];
  for (const _ of rounds(ROUNDS / 4)) {
    await gates.start(at);
    const [holder] = await gates.claimAll();
    const next = await gates.start(at);
    await gates.claimAll();
    await gates.letGo(holder!);
    const [, leased] = await stage.race(
      () => stage.left.sql`select durable.cancel_run(${gates.workspaceId}, ${next}, 'test', null)`,
      claim,
    );
    if (leased.length > 0) expect(leased[0]!.runId).toBe(next);
    expect(await gates.claimAll()).toEqual([]);
    const counts = await gates.counts();
    expect(at.map(({ id }) => counts.get(id))).toEqual([
      { used: 0, parked: 0 },
      { used: 0, parked: 0 },
    ]);
  }
});

test(
  "claims of two engines let in as many as the limit says, whatever they claim together",
  TIMEOUT,
  async () => {
    await gates.declare({ few: { unit: "step", count: 3 } });
    const few = gates.gate("few");
    const held: Lease[] = [];
    for (const _ of rounds(ROUNDS / 4)) {
      for (let no = 0; no < 2; no += 1) await gates.start([few]);
      const [a, b] = await stage.race(() => claimLeases(stage.left, stage.engineId, 2), claim);
      held.push(...a, ...b);
      expect(held.length).toBeLessThanOrEqual(3);
      while (held.length > stage.pick([0, 1, 2])) await gates.letGo(held.shift()!);
    }
  },
);

test(
  "a cancel beside the claim that moves the job to another gate leaves nothing behind",
  TIMEOUT,
  async () => {
    await gates.declare({ one: { unit: "step", count: 1 }, other: { unit: "step", count: 1 } });
    const [one, other] = [gates.gate("one"), gates.gate("other")];
    for (const _ of rounds(ROUNDS / 4)) {
      await gates.start([other]);
      const [atOther] = await gates.claimAll();
      const moving = await gates.start([one, other]);
      await gates.claimAll();
      await gates.start([one]);
      const [atOne] = await gates.claimAll();
      // It is parked at the second gate, which is free now: the claim finds the first one full, and moves it there.
      await gates.letGo(atOther!);
      const cancel = () =>
        stage.left.sql`select durable.cancel_run(${gates.workspaceId}, ${moving}, 'test', null)`;
      await stage.race(cancel, claim);
      await gates.claimAll();
      const counts = await gates.counts();
      expect([counts.get(one.id)!.parked, counts.get(other.id)!.parked]).toEqual([0, 0]);
      const [left] = await stage.database.sql<{ count: number }[]>`
      select count(*)::int as count from durable.parked where workspace_id = ${gates.workspaceId}`;
      expect(left!.count).toBe(0);
      await gates.letGo(atOne!);
    }
  },
);

test("a fair job that has passed its gates before its app is down does not wait in its queue with its places", async () => {
  await gates.declare({ one: { unit: "step", count: 1 } });
  const tenant = { id: randomUUID(), queueId: randomUUID(), functionId: "racer", key: '"a"', weight: 1 };
  const start = () => gates.start([gates.gate("one")], { order: { priority: 0, tenant } });
  await start();
  const [holder] = await gates.claimAll();
  const next = await start();
  expect(await gates.claimAll()).toEqual([]);
  await gates.letGo(holder!);
  // It is let in by a claim that has no slot for it.
  await stage.database.sql`select durable.keep_gates(1)`;
  await openCircuit(stage.database, gates.workspaceId, "it is down.", 1_000);
  expect(await claim()).toEqual([]);
  const [held] = await stage.database.sql<{ run_id: string; grants: number }[]>`
    select k.run_id, (select count(*)::int from durable.grants g where g.run_id = k.run_id) as grants from durable.parked k`;
  expect(held).toEqual({ run_id: next, grants: 1 });
  await closeCircuitOf(stage.database, gates.workspaceId, 10);
  await stage.expectInvariants();
  expect((await gates.claimAll()).map(({ runId }) => runId)).toEqual([next]);
});
