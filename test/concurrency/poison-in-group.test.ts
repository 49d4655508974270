import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Committer, type CommitterOptions, RUN_OUTCOMES } from "../../engine/src/execution/committer.ts";
import { systemPorts } from "../../engine/src/runtime/system-ports.ts";
import type { CommitItem, CommitResult } from "../../engine/src/store/commit-item.ts";
import { rounds } from "./rounds.ts";
import { commitItem, type HeldRun, outcome, Stage, step, waitFor } from "./stage.ts";

const SILENT = { debug: () => {}, error: () => {} } as unknown;

let stage: Stage;
let committer: Committer<CommitItem, CommitResult>;
beforeAll(async () => {
  stage = await Stage.open(66);
  committer = new Committer(
    {
      database: stage.left,
      authority: {
        engineId: () => stage.engineId,
        mayAct: () => true,
        untilMayAct: () => Promise.resolve(true),
      },
      timers: systemPorts().timers,
      log: SILENT as CommitterOptions["log"],
    },
    RUN_OUTCOMES,
  );
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

/** Postgres cannot read this match as JSON, and does not say whose it was. */
const POISON = "\u0000";

function item(run: HeldRun, poisoned: boolean): CommitItem {
  const effects = [waitFor("hope", "hope", { key: poisoned ? POISON : 1 })];
  return commitItem(
    run,
    outcome("wait", {
      steps: [step("first", "ok"), step("hope", "pending", { op: "wait", dueMs: 60_000 })],
      effects,
    }),
  );
}

async function spoiled(size: number, poisoned: Set<number>): Promise<void> {
  const runs = await stage.startRuns(size);
  const items = runs.map((run, index) => item(run, poisoned.has(index)));
  const ends = await Promise.all(items.map((each) => committer.commit(each)));
  expect(ends.map((end) => end.state)).toEqual(
    items.map((_, index) => (poisoned.has(index) ? "poison" : "applied")),
  );
  const rows = await stage.database.sql`
    select l.run_id, l.status, l.journal_seq, l.fence,
      (select count(*)::int from durable.steps s where s.workspace_id = l.workspace_id and s.run_id = l.run_id) as steps,
      (select count(*)::int from durable.waits w where w.workspace_id = l.workspace_id and w.run_id = l.run_id) as waits
    from durable.live_runs l where l.workspace_id = ${stage.workspaceId} and l.run_id = any(${items.map((each) => each.runId)}::uuid[])`;
  const found = new Map(rows.map((row) => [row["run_id"], row]));
  for (const [index, each] of items.entries()) {
    const row = found.get(each.runId);
    if (poisoned.has(index)) {
      expect(row).toMatchObject({ status: "running", journal_seq: 0, fence: each.fence, steps: 0, waits: 0 });
    } else {
      expect(row).toMatchObject({
        status: "waiting",
        journal_seq: 1,
        fence: each.nextFence,
        steps: 2,
        waits: 1,
      });
    }
  }
}

test("a poison item is found wherever it stands in a group, and costs nobody else anything", async () => {
  for (const round of rounds()) {
    const size = round % 250 === 0 ? 256 : 2 + Math.floor(stage.random() * 14);
    const poisoned = new Set([Math.floor(stage.random() * size)]);
    if (stage.random() < 0.2) poisoned.add(Math.floor(stage.random() * size));
    await spoiled(size, poisoned);
  }
}, 300_000);
