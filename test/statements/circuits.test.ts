// The row of a circuit: who may move it where. Engines find out the same things late and beside each other, so each
// statement holds for a state that others have changed meanwhile.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import {
  closeCircuit,
  endProbe,
  limitCircuit,
  listCircuits,
  openCircuit,
  releaseParked,
  takeProbe,
} from "../../engine/src/store/circuits.ts";
import { Stage } from "../concurrency/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(54);
});
beforeEach(() => stage.database.sql`delete from durable.circuits`);
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

const open = (error: string, probeMs = 1_000) =>
  openCircuit(stage.database, stage.workspaceId, error, probeMs);
const limit = (pauseMs: number) =>
  limitCircuit(stage.database, stage.workspaceId, "it asks for less.", pauseMs, 1_000);
const probed = (error: string | null) => endProbe(stage.database, stage.workspaceId, error);
const close = () => closeCircuit(stage.database, stage.workspaceId);
const release = () => releaseParked(stage.database, stage.workspaceId, 10);

async function circuit() {
  const [found] = await listCircuits(stage.database);
  return found ?? null;
}

test("who finds it open again does not put its probe off", async () => {
  await open("it is down.");
  await open("it is still down.", 60_000);
  expect((await circuit())!.pauseMs).toBeLessThanOrEqual(1_000);
});

test("the right to a probe is had when it is due, and then the next is some time away", async () => {
  await open("it is down.", 60_000);
  const take = () => takeProbe(stage.database, stage.workspaceId, 4_000);
  expect(await take()).toBe(false);
  await stage.database.sql`update durable.circuits set next_probe_at = clock_timestamp(), probe_ms = 1000`;
  expect([await take(), await take()]).toEqual([true, false]);
  // Whoever has it may have died with it.
  expect((await circuit())!.pauseMs).toBeGreaterThan(5_000);
  await probed("it is still down.");
  const { pauseMs } = (await circuit())!;
  expect(pauseMs).toBeGreaterThan(1_000);
  expect(pauseMs).toBeLessThanOrEqual(2_000);
});

test("an app that is down is not merely busy because somebody was told so before", async () => {
  await open("it is down.");
  await limit(0);
  expect(await circuit()).toMatchObject({ state: "open" });
});

test("nothing is sent before the latest time that a busy app has asked for", async () => {
  await limit(60_000);
  await limit(1_000);
  const { state, pauseMs } = (await circuit())!;
  expect(state).toBe("limited");
  expect(pauseMs).toBeGreaterThan(30_000);
});

test("one that is open is closed by nobody who has seen it limited", async () => {
  await open("it is down.");
  await probed(null);
  await open("it is down again.");
  await close();
  expect(await circuit()).toMatchObject({ state: "open" });
});

test("a probe that answers late changes nothing of one that is limited or closing", async () => {
  await limit(60_000);
  await probed(null);
  expect((await circuit())!.pauseMs).toBeGreaterThan(30_000);
  await close();
  await probed("it is down.");
  await probed(null);
  expect(await circuit()).toMatchObject({ state: "closing" });
});

test("only one that is closing is removed", async () => {
  await limit(0);
  expect(await release()).toBe(0);
  expect(await circuit()).toMatchObject({ state: "limited" });
  await close();
  await release();
  expect(await circuit()).toBeNull();
});
