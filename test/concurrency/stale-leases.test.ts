// A lease that is found again, or comes while its run is held here: what was sent under a fence is never sent under it
// again, and what a lease was worth is asked anew when its turn comes.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Lease } from "../../engine/src/store/leases.ts";
import { LEASE_MS, startParts } from "./lease-parts.ts";
import { type HeldRun, Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(72);
});
afterAll(() => stage.close());

/** Longer than the reconciler needs to see an orphan twice. */
const TWO_LOOKS_MS = 3 * (LEASE_MS / 5) + 500;

const leaseOf = (run: HeldRun, fence = run.fence): Lease => ({
  ...run,
  fence,
  stepId: null,
  journalSeq: 0,
  runAttempt: 0,
  transportAttempt: 0,
  readyRank: null,
  gates: null,
});

const breakOff = () => Promise.reject(new Error("its execution broke off"));

/** Parts whose app is in the middle of this run's request, until told to answer. */
async function startHeld(run: HeldRun, commit?: () => Promise<void>) {
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const answering = (fence: string) => (fence === run.fence ? answered : Promise.resolve());
  const parts = startParts({ stage, database: stage.left, answering, ...(commit && { commit }) });
  parts.take(1);
  await parts.dispatcher.adopt([leaseOf(run)]);
  await expect.poll(() => parts.fences).toEqual([run.fence]);
  return { ...parts, answer };
}

async function endRun({ runId }: HeldRun): Promise<void> {
  await stage.database.sql`delete from durable.live_runs where run_id = ${runId}`;
}

test("a lease whose request was sent is taken up under another fence", async () => {
  const run = await stage.startRun();
  let commits = 0;
  const held = await startHeld(run, () => (++commits === 1 ? breakOff() : endRun(run)));
  await held.reconciler.start();
  held.answer();
  await expect.poll(() => held.fences.length).toBe(2);
  await held.reconciler.stop();
  await held.dispatcher.stop();
  expect(new Set(held.fences).size).toBe(2);
});

test("a lease that somebody finds while it is held here is not held a second time", async () => {
  const run = await stage.startRun();
  const held = await startHeld(run, breakOff);
  held.take(1);
  await held.dispatcher.adopt([leaseOf(run)]);
  held.answer();
  await sleep(TWO_LOOKS_MS / 2);
  expect(held.fences).toEqual([run.fence]);
  await endRun(run);
  await held.dispatcher.stop();
});

/** What may happen to a run whose next lease waits here until its last holder has heard that it is over. */
const MEANWHILE = {
  cancelled: ({ workspaceId, runId }: HeldRun) =>
    stage.database.sql`select durable.cancel_run(${workspaceId}, ${runId}, 'test', null)`,
  "taken by another engine": ({ runId }: HeldRun) =>
    stage.database.sql`update durable.live_runs set fence = gen_random_uuid() where run_id = ${runId}`,
};

test.for(Object.entries(MEANWHILE))(
  "a lease that waited its turn is worth nothing when its run was %s meanwhile",
  async ([, happen]) => {
    const run = await stage.startRun();
    const held = await startHeld(run, () => Promise.resolve());
    // It was let go and taken again: the answer to that comes here while the first request is still under way.
    const next = leaseOf(run, crypto.randomUUID());
    await stage.database.sql`update durable.live_runs set fence = ${next.fence} where run_id = ${run.runId}`;
    held.take(1);
    await held.dispatcher.adopt([next]);
    await happen(run);
    held.answer();
    await sleep(TWO_LOOKS_MS / 2);
    expect(held.fences).toEqual([run.fence]);
    await endRun(run);
    await held.dispatcher.stop();
  },
);
