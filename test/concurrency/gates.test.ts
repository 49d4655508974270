// The races that strand jobs at limits elsewhere, and those that let too many in.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { claimLeases, type Lease } from "../../engine/src/store/leases.ts";
import { GatesOnStage } from "../limits/gates-on-stage.ts";
import { ROUNDS, Stage } from "./stage.ts";

let stage: Stage;
let gates: GatesOnStage;
beforeAll(async () => {
  stage = await Stage.open(61);
});
beforeEach(async () => {
  gates = await GatesOnStage.open(stage);
});
afterEach(async () => {
  await gates.endAll();
  await stage.expectInvariants();
});
afterAll(() => stage.close());

const TIMEOUT = { timeout: 300_000 };
const claim = () => claimLeases(stage.right, stage.engineId, 10);

test("a job that parks beside the one that frees its place is let in", TIMEOUT, async () => {
  await gates.declare({ one: { unit: "step", count: 1 } });
  await gates.start([gates.gate("one")]);
  let [holder] = await gates.claimAll();
  let parkedFirst = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = await gates.start([gates.gate("one")]);
    const [, leased] = await stage.race(() => gates.letGo(holder!), claim);
    if (leased.length === 0) parkedFirst += 1;
    const [lease] = leased.length > 0 ? leased : await gates.claimAll();
    expect(lease?.runId).toBe(next);
    holder = lease;
  }
  // A race that only one side ever wins is none.
  expect(parkedFirst).toBeGreaterThan(0);
  expect(parkedFirst).toBeLessThan(ROUNDS);
});

test(
  "one that needs two gates, freed at the same moment, goes, and the one behind it too",
  TIMEOUT,
  async () => {
    await gates.declare({ left: { unit: "step", count: 1 }, right: { unit: "step", count: 1 } });
    const [left, right] = [gates.gate("left"), gates.gate("right")];
    for (let round = 0; round < ROUNDS; round += 1) {
      const holders = [await gates.start([left]), await gates.start([right])];
      const held = await gates.claimAll();
      expect(held.map(({ runId }) => runId)).toEqual(holders);
      const both = await gates.start([left, right]);
      const behind = [await gates.start([left]), await gates.start([right])];
      await gates.claimAll();
      const [, claimed] = await stage.race(async () => {
        for (const lease of round % 2 === 0 ? held : held.toReversed()) await gates.letGo(lease);
      }, claim);
      const leases: Lease[] = [...claimed, ...(await gates.claimAll())];
      const seen = leases.map(({ runId }) => runId);
      while (leases.length > 0) {
        await gates.letGo(leases.shift()!);
        const more = await gates.claimAll();
        leases.push(...more);
        seen.push(...more.map(({ runId }) => runId));
      }
      expect(seen.toSorted()).toEqual([both, ...behind].toSorted());
    }
  },
);

test(
  "a job held by two gates strands nobody: the third goes while the second gate stays full",
  TIMEOUT,
  async () => {
    await gates.declare({ left: { unit: "step", count: 1 }, right: { unit: "step", count: 1 } });
    const [left, right] = [gates.gate("left"), gates.gate("right")];
    for (let round = 0; round < ROUNDS; round += 1) {
      await gates.start([left]);
      await gates.start([right]);
      const [atLeft, atRight] = await gates.claimAll();
      const both = await gates.start([left, right]);
      const third = await gates.start([left]);
      await gates.claimAll();
      const [, claimed] = await stage.race(() => gates.letGo(atLeft!), claim);
      const leases = [...claimed, ...(await gates.claimAll())];
      expect(leases.map(({ runId }) => runId)).toEqual([third]);
      await gates.letGo(leases[0]!);
      expect(await gates.claimAll()).toEqual([]);
      await gates.letGo(atRight!);
      const [last] = await gates.claimAll();
      expect(last?.runId).toBe(both);
      await gates.letGo(last!);
    }
  },
);

test("a cancel beside the claim that lets the job in leaves no place taken", TIMEOUT, async () => {
  await gates.declare({ one: { unit: "step", count: 1 }, whole: { unit: "run", count: 2 } });
  const at = [gates.gate("whole", "run"), gates.gate("one")];
  for (let round = 0; round < ROUNDS / 4; round += 1) {
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
    for (let round = 0; round < ROUNDS / 4; round += 1) {
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
    for (let round = 0; round < ROUNDS / 4; round += 1) {
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
