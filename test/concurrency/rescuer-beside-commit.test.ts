import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { OutcomeKind } from "../../engine/src/domain/outcome.ts";
import { insertEvents } from "../../engine/src/store/accepted-events.ts";
import { heartbeat, rescueLeases } from "../../engine/src/store/engines.ts";
import { claimLeases, findLeases } from "../../engine/src/store/leases.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { Ends } from "./rounds.ts";
import { commitItem, type HeldRun, outcome, Stage, step } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(44);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

const KINDS: OutcomeKind[] = ["continue", "wait", "requeue", "completed", "failed"];

/** A lease of 1 ms that was over long ago. Its process does not know yet: a zombie. */
async function zombie(): Promise<number> {
  const engineId = await stage.newEngine(1);
  await stage.database
    .sql`update durable.engines set seen_at = now() - interval '1 minute' where id = ${engineId}`;
  return engineId;
}

async function stateOf(runId: string) {
  const [row] = await stage.database.sql`
    select r.status as ended, l.status as live, l.engine_id, l.fence, l.journal_seq, l.lost,
      (select count(*)::int from durable.steps where workspace_id = r.workspace_id and run_id = r.id) as steps,
      (select count(*)::int from durable.ready d where d.workspace_id = r.workspace_id and d.run_id = r.id and d.rank = l.ready_rank) as jobs,
      (select count(*)::int from durable.ready d where d.workspace_id = r.workspace_id and d.run_id = r.id) as all_jobs
    from durable.runs r left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id where r.workspace_id = ${stage.workspaceId} and r.id = ${runId}`;
  return row!;
}

async function complete(leases: readonly HeldRun[]): Promise<void> {
  for (const lease of leases) {
    const [ended] = await commitOutcomes(stage.database, stage.engineId, [
      commitItem(lease, outcome("completed")),
    ]);
    expect(ended!.state).toBe("applied");
  }
}

test("a rescued run and its old holder's commit never mix", async () => {
  const ends = new Ends(...KINDS.flatMap((kind) => [`${kind} applied`, `${kind} lost`]));
  for (const round of ends.rounds()) {
    const engineId = await zombie();
    const run = await stage.startRun(engineId);
    const kind = stage.pick(KINDS);
    const item = commitItem(
      run,
      outcome(kind, { steps: [step("first", "ok")], retryMs: kind === "wait" ? 60_000 : null }),
    );
    const [[committed], rescues] = await stage.race(
      () => commitOutcomes(stage.left, engineId, [item]),
      () => rescueLeases(stage.right, 10),
    );
    const { state } = committed!;
    ends.add(`${kind} ${state}`);
    expect(
      rescues.map((rescue) => rescue.engineId),
      `round ${round}`,
    ).toContain(engineId);
    expect(await findLeases(stage.database, engineId)).toEqual([]);

    const found = await stateOf(run.runId);
    const applied = state === "applied";
    expect(found["steps"]).toBe(applied ? 1 : 0);
    if (applied && (kind === "completed" || kind === "failed")) {
      expect(found).toMatchObject({ ended: kind, live: null, all_jobs: 0 });
    } else if (applied && kind === "wait") {
      expect(found).toMatchObject({ live: "waiting", journal_seq: 1, lost: 0, all_jobs: 0 });
    } else {
      const rescued = !applied || kind === "continue";
      expect(found).toMatchObject({
        live: "queued",
        engine_id: null,
        journal_seq: applied ? 1 : 0,
        jobs: 1,
        all_jobs: 1,
      });
      expect(found["lost"]).toBe(rescued ? 1 : 0);
      if (rescued) expect([run.fence, item.nextFence]).not.toContain(found["fence"]);
    }
    // The zombie wakes up: neither its lease nor its heartbeat is worth anything. (What it let go of by itself
    // keeps the fence it was let go under; nobody may use that one again, but a repeated commit is known by it.)
    if (found["lost"] === 1) {
      const again = commitItem({ ...run, fence: item.nextFence }, outcome("completed"));
      expect((await commitOutcomes(stage.left, engineId, [again]))[0]!.state).toBe("lost");
    }
    expect(await heartbeat(stage.left, engineId, { slotsUsed: 0, leases: 0 })).toBeNull();
    await complete(await claimLeases(stage.database, stage.engineId, 10));
  }
});

test("a dead engine is given no lease: neither by a claim nor by an event", async () => {
  const ends = new Ends("leased", "queued");
  for (const round of ends.rounds()) {
    const engineId = await zombie();
    const runId = randomUUID();
    const fence = randomUUID();
    const queued = await stage.startRun();
    await commitOutcomes(stage.database, stage.engineId, [commitItem(queued, outcome("requeue"))]);
    await stage.race(
      async () => {
        await insertEvents(
          stage.left,
          engineId,
          stage.rows(stage.event("race.born", "{}", [{ runId, fence }])),
        );
        await claimLeases(stage.left, engineId, 10);
      },
      () => rescueLeases(stage.right, 10),
    );
    await rescueLeases(stage.right, 10);
    expect(await findLeases(stage.database, engineId), `round ${round}`).toEqual([]);
    for (const id of [runId, queued.runId]) {
      const found = await stateOf(id);
      expect(found).toMatchObject({ live: "queued", jobs: 1, all_jobs: 1 });
      expect(found["fence"]).not.toBe(fence);
      if (id === runId) ends.add(found["lost"] === 1 ? "leased" : "queued");
    }
    const leases = await claimLeases(stage.database, stage.engineId, 10);
    expect(leases).toHaveLength(2);
    await complete(leases);
  }
});
