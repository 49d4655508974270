// Fairness between tenants, by counting who is leased: as if an engine with a few slots did nothing else.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { RunOrder } from "../../engine/src/domain/run-order.ts";
import { claimLeases } from "../../engine/src/store/leases.ts";
import { Stage } from "../concurrency/stage.ts";
import { GatesOnStage } from "./gates-on-stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(5);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

let gates: GatesOnStage;
let queueId: string;
const tenantOf = new Map<string, string>();
beforeEach(async () => {
  gates = await GatesOnStage.open(stage);
  queueId = randomUUID();
  tenantOf.clear();
});

const tenants = new Map<string, string>();
function orderOf(key: string, weight = 1, priority = 0): RunOrder {
  const id = tenants.get(`${queueId} ${key}`) ?? randomUUID();
  tenants.set(`${queueId} ${key}`, id);
  return { priority, tenant: { id, queueId, functionId: "racer", key: JSON.stringify(key), weight } };
}

async function post(key: string, count: number, { weight = 1, at = [] as string[] } = {}): Promise<void> {
  const passed = at.map((name) => gates.gate(name));
  for (const id of await gates.startAll(passed, count, 1, orderOf(key, weight))) tenantOf.set(id, key);
}

/** So many leases, `slots` at a time, each of which ends at once. Answers whose they were, in order. */
async function grants(count: number, slots = 4): Promise<string[]> {
  const names: string[] = [];
  let idle = 0;
  while (names.length < count && idle < 50) {
    let did = 0;
    const leases = await claimLeases(
      stage.right,
      stage.engineId,
      Math.min(slots, count - names.length),
      () => {
        did += 1;
      },
    );
    for (const lease of leases) {
      names.push(tenantOf.get(lease.runId) ?? lease.runId);
      await gates.letGo(lease);
    }
    idle = did + leases.length === 0 ? idle + 1 : 0;
  }
  return names;
}

function counts(names: readonly string[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const name of names) all[name] = (all[name] ?? 0) + 1;
  return all;
}

const TIMEOUT = { timeout: 120_000 };

test(
  "a tenant that comes late with three jobs is next, however many another has waiting",
  TIMEOUT,
  async () => {
    await post("big", 2_000);
    await grants(200);
    await post("small", 3);
    // Those of the big one that were next already, and as many again as the small one's jobs.
    const after = await grants(20);
    expect(after.lastIndexOf("small")).toBeLessThan(8);
    expect(counts(after)["small"]).toBe(3);
    await gates.endAll();
  },
);

test("ninety-nine small tenants are served in turn while a big one runs", TIMEOUT, async () => {
  await post("big", 3_000);
  await grants(40);
  for (let no = 1; no < 100; no += 1) await post(`t${no}`, 3);
  const names = await grants(99 * 4 + 20);
  for (let no = 1; no < 100; no += 1) expect(counts(names)[`t${no}`]).toBe(3);
  await gates.endAll();
});

test("shares follow weights", TIMEOUT, async () => {
  await post("one", 800, { weight: 1 });
  await post("three", 800, { weight: 3 });
  await post("six", 800, { weight: 6 });
  const { one, three, six } = counts(await grants(1_000));
  for (const [count, share] of [
    [one, 100],
    [three, 300],
    [six, 600],
  ])
    expect(Math.abs(count! / share! - 1)).toBeLessThan(0.05);
  await gates.endAll();
});

test("and so they do behind a gate that is full", TIMEOUT, async () => {
  await gates.declare({ five: { unit: "step", count: 5 } });
  await post("one", 600, { weight: 1, at: ["five"] });
  await grants(50, 10);
  await post("two", 600, { weight: 2, at: ["five"] });
  await post("late", 3, { at: ["five"] });
  const names = await grants(300, 10);
  expect(names.lastIndexOf("late")).toBeLessThan(30);
  const { one, two } = counts(names.slice(30));
  expect(two! / one!).toBeGreaterThan(1.9);
  expect(two! / one!).toBeLessThan(2.1);
  await gates.endAll();
});

test(
  "other functions wait for as many jobs of a fair one as came before them, and no longer",
  TIMEOUT,
  async () => {
    await post("big", 100);
    await grants(20);
    const [plain] = await gates.startAll([], 1);
    // All of them newcomers, and every one tagged before the backlog.
    for (let no = 0; no < 60; no += 1) await post(`late${no}`, 2);
    const names = await grants(100);
    expect(names.indexOf(plain!)).toBeGreaterThanOrEqual(76);
    expect(names.indexOf(plain!)).toBeLessThanOrEqual(84);
    await gates.endAll();
  },
);

test("what is cancelled while it waits its turn leaves nothing behind", TIMEOUT, async () => {
  await post("big", 50);
  await post("small", 5);
  await grants(4);
  await gates.endAll();
  const [left] = await stage.database.sql<{ turns: number; parked: number; arrivals: number }[]>`
    select (select count(*)::int from durable.turns) as turns, (select count(*)::int from durable.parked) as parked,
      (select count(*)::int from durable.arrivals) as arrivals`;
  expect(left).toEqual({ turns: 0, parked: 0, arrivals: 0 });
});

test("a higher priority is leased first, and nobody is overtaken by more than it says", TIMEOUT, async () => {
  const start = async (priority: number) => (await gates.startAll([], 1, 1, { priority, tenant: null }))[0]!;
  const [plain] = await gates.startAll([], 1);
  const low = await start(-5);
  const high = await start(5);
  const highest = await start(600);
  const leased = await claimLeases(stage.right, stage.engineId, 10);
  expect(leased.map(({ runId }) => runId)).toEqual([highest, high, plain, low]);
  // What a lease says of when its job became ready is not moved.
  for (const { readyRank } of leased) expect(Math.abs(readyRank! / 1_000 - Date.now())).toBeLessThan(60_000);
  for (const lease of leased) await gates.letGo(lease);
});

test("a higher priority goes first at a full gate too", TIMEOUT, async () => {
  await gates.declare({ one: { unit: "step", count: 1 } });
  const gate = gates.gate("one");
  const first = await gates.start([gate]);
  const [lease] = await gates.claimAll();
  expect(lease!.runId).toBe(first);
  const plain = await gates.start([gate]);
  await gates.claimAll();
  const high = await gates.start([gate], { order: { priority: 1, tenant: null } });
  await gates.claimAll();
  await gates.letGo(lease!);
  const [second] = await gates.claimAll();
  expect(second!.runId).toBe(high);
  await gates.letGo(second!);
  const [third] = await gates.claimAll();
  expect(third!.runId).toBe(plain);
  await gates.letGo(third!);
});

test(
  "priority of a fair function moves a job before others of its tenant, not before other tenants' shares",
  TIMEOUT,
  async () => {
    await post("a", 50);
    await post("b", 50);
    await grants(10);
    const [urgent] = await gates.startAll([], 1, 1, orderOf("a", 1, 600));
    tenantOf.set(urgent!, "urgent");
    const names = await grants(20);
    expect(names.indexOf("urgent")).toBeLessThan(6);
    expect(counts(names)["b"]).toBeGreaterThanOrEqual(9);
    await gates.endAll();
  },
);
