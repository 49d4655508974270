import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { OutcomeKind } from "../../engine/src/domain/outcome.ts";
import type { CommitItem } from "../../engine/src/store/commit-item.ts";
import { claimLeases, type Lease } from "../../engine/src/store/leases.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { batches, Ends } from "./rounds.ts";
import { commitItem, type HeldRun, outcome, Stage, step, waitFor } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(33);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

const KINDS: OutcomeKind[] = ["continue", "wait", "requeue", "completed"];

async function cancel(run: HeldRun): Promise<string> {
  const [row] = await stage.right.sql`
    select durable.cancel_run(${run.workspaceId}, ${run.runId}, 'test', 'because') as status`;
  return row!["status"];
}

async function leftOf(runs: readonly HeldRun[]) {
  const rows = await stage.database.sql`
    select r.id, r.status,
      (select count(*)::int from durable.live_runs where workspace_id = r.workspace_id and run_id = r.id) as live,
      (select count(*)::int from durable.ready where workspace_id = r.workspace_id and run_id = r.id) as ready,
      (select count(*)::int from durable.timers where workspace_id = r.workspace_id and run_id = r.id) as timers,
      (select count(*)::int from durable.waits where workspace_id = r.workspace_id and run_id = r.id) as waits,
      (select count(*)::int from durable.changes where workspace_id = r.workspace_id and run_id = r.id
        and kind in ('run.completed', 'run.failed', 'run.cancelled')) as ends
    from durable.runs r where r.workspace_id = ${stage.workspaceId} and r.id = any(${runs.map(({ runId }) => runId)}::uuid[])`;
  const found = new Map(rows.map(({ id, ...left }) => [id as string, left]));
  return runs.map(({ runId }) => found.get(runId)!);
}

const NOTHING_LEFT = { live: 0, ready: 0, timers: 0, waits: 0, ends: 1 };

test("a cancelled run stays cancelled, whatever is committed beside it", async () => {
  const ends = new Ends("applied, then cancelled", "lost, then cancelled", "applied, then completed");
  for (const count of ends.batches()) {
    const runs = await stage.startRuns(count);
    const later: CommitItem[] = [];
    const expected: object[] = [];
    for (const run of runs) {
      const kind = stage.pick(KINDS);
      const item = commitItem(
        run,
        outcome(kind, {
          steps: [
            step("first", "ok"),
            step("nap", "pending", { op: "sleep", dueMs: 60_000 }),
            step("hope", "pending", { op: "wait", dueMs: 60_000 }),
          ],
          effects: [waitFor("hope", "hope")],
        }),
      );
      const [[committed], answer] = await stage.race(
        () => commitOutcomes(stage.left, stage.engineId, [item]),
        () => cancel(run),
      );
      ends.add(`${committed!.state}, then ${answer}` as "applied, then cancelled");
      const status = kind === "completed" && committed!.state === "applied" ? "completed" : "cancelled";
      expect(answer).toBe(status);
      expected.push({ status, ...NOTHING_LEFT });
      later.push(commitItem({ ...run, fence: item.nextFence }, outcome("completed")));
    }
    expect(await leftOf(runs)).toEqual(expected);
    // What comes later finds nothing: the holder's next commit, and whoever looks for work.
    for (const { state } of await commitOutcomes(stage.left, stage.engineId, later))
      expect(state).toBe("lost");
    expect(await leftOf(runs)).toEqual(expected);
  }
});

test("a cancelled job is never leased, whoever comes first", async () => {
  for (const count of batches()) {
    const runs = await stage.startRuns(count);
    const leases: Lease[] = [];
    for (const run of runs) {
      await commitOutcomes(stage.left, stage.engineId, [commitItem(run, outcome("requeue"))]);
      const [claimed, answer] = await stage.race(
        () => claimLeases(stage.left, stage.engineId, 10),
        () => cancel(run),
      );
      expect(answer).toBe("cancelled");
      leases.push(...claimed);
    }
    expect(await leftOf(runs)).toEqual(runs.map(() => ({ status: "cancelled", ...NOTHING_LEFT })));
    const late = leases.toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
    const items = late.map((lease) => commitItem(lease, outcome("completed")));
    if (items.length > 0)
      for (const { state } of await commitOutcomes(stage.left, stage.engineId, items))
        expect(state).toBe("lost");
    expect(await claimLeases(stage.left, stage.engineId, 10)).toEqual([]);
  }
});
