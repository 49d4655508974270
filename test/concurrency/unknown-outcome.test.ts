import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { OutcomeKind } from "../../engine/src/domain/outcome.ts";
import { findAcceptedStates, insertEvents } from "../../engine/src/store/accepted-events.ts";
import type { CommitItem } from "../../engine/src/store/commit-item.ts";
import { isConnectionLoss, isUnknownOutcome } from "../../engine/src/store/database.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { batches, Ends } from "./rounds.ts";
import { commitItem, outcome, Stage, step, stepIdOf, waitFor } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(55);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

const KINDS: OutcomeKind[] = ["continue", "wait", "requeue", "completed", "failed", "paused"];

/** Commits of everything a commit can do at once, so that doing it twice would show somewhere. */
async function everything(count: number): Promise<CommitItem[]> {
  const runs = await stage.startRuns(count);
  return runs.map((run) => {
    const event = stage.event("race.sent", "{}", [{ runId: randomUUID(), fence: null }]);
    return commitItem(
      run,
      outcome(stage.pick(KINDS), {
        steps: [
          step("first", "ok"),
          step("second", "err", { failure: "{}" }),
          step("nap", "pending", { op: "sleep", dueMs: 60_000 }),
          step("hope", "pending", { op: "wait", dueMs: 60_000 }),
        ],
        effects: [waitFor("hope", "hope", { a: 1 })],
        attempts: [{ stepId: stepIdOf("second"), attempt: 1, outcome: "failed", failure: "{}" }],
      }),
      { events: stage.rows(event) },
    );
  });
}

const hasEnded = ({ outcome }: CommitItem) => outcome.kind === "completed" || outcome.kind === "failed";
const sentBy = (item: CommitItem) => item.events!.entries[0]!.row.id;

/** Each of them has happened once. */
async function expectEffects(items: readonly CommitItem[]): Promise<void> {
  // Nobody else asks for the runs of an event: they have no index, and are looked through once for all.
  const rows = await stage.database.sql`
    with started as materialized (select event_id from durable.runs where event_id = any(${items.map(sentBy)}::uuid[]))
    select r.id,
      (select array_agg(seq order by seq) from durable.steps where workspace_id = r.workspace_id and run_id = r.id and seq is not null) as seqs,
      (select count(*)::int from durable.steps where workspace_id = r.workspace_id and run_id = r.id) as steps,
      (select count(*)::int from durable.attempts where workspace_id = r.workspace_id and run_id = r.id) as attempts,
      (select count(*)::int from durable.timers where workspace_id = r.workspace_id and run_id = r.id) as timers,
      (select count(*)::int from durable.waits where workspace_id = r.workspace_id and run_id = r.id) as waits,
      (select count(*)::int from durable.ready where workspace_id = r.workspace_id and run_id = r.id) as jobs,
      (select count(*)::int from durable.changes where workspace_id = r.workspace_id and run_id = r.id) as changes,
      (select count(*)::int from durable.events where workspace_id = r.workspace_id and id = i.sent) as sent,
      (select count(*)::int from started where event_id = i.sent) as started,
      coalesce((select fence from durable.live_runs where workspace_id = r.workspace_id and run_id = r.id), r.end_fence) as fence
    from unnest(${items.map(({ runId }) => runId)}::uuid[], ${items.map(sentBy)}::uuid[]) as i(run, sent)
    join durable.runs r on r.workspace_id = ${stage.workspaceId} and r.id = i.run`;
  const found = new Map(rows.map((row) => [row["id"], row]));
  for (const item of items)
    expect(found.get(item.runId)).toEqual({
      id: item.runId,
      seqs: [1, 2],
      steps: 4,
      attempts: 1,
      timers: hasEnded(item) ? 0 : 2,
      waits: hasEnded(item) ? 0 : 1,
      jobs: item.outcome.kind === "requeue" ? 1 : 0,
      changes: 2,
      sent: 1,
      started: 1,
      fence: item.nextFence,
    });
}

test("a commit whose answer was lost is recognised when it is repeated, and repeating changes nothing", async () => {
  for (const count of batches()) {
    const items = await everything(count);
    for (const item of items) {
      const [[left], [right]] = await stage.race(
        () => commitOutcomes(stage.left, stage.engineId, [item]),
        () => commitOutcomes(stage.right, stage.engineId, [item]),
      );
      expect([left!.state, right!.state].sort()).toEqual(["already", "applied"]);
      expect([left!.journalSeq, right!.journalSeq].sort()).toEqual(hasEnded(item) ? [0, 2] : [2, 2]);
    }
    await expectEffects(items);
  }
});

test("a commit whose session is ended under it happens exactly once", { timeout: 180_000 }, async () => {
  const ends = new Ends("disturbed", "in peace");
  for (const count of ends.batches()) {
    const items = await everything(count);
    for (const item of items) {
      const [{ result, lostAnswers }] = await stage.race(
        () => stage.commitUntilKnown(item),
        () => stage.terminateLeft(),
        3,
      );
      expect(["applied", "already"]).toContain(result.state);
      ends.add(lostAnswers > 0 ? "disturbed" : "in peace");
    }
    await expectEffects(items);
  }
});

test("an event whose acceptance has an unknown outcome is stored once, with its run", {
  timeout: 180_000,
}, async () => {
  const ends = new Ends("disturbed", "in peace");
  const accept = async (rows: ReturnType<Stage["rows"]>) => {
    for (let isUnknown = false; ; ) {
      try {
        const found = isUnknown ? await findAcceptedStates(stage.left, rows) : null;
        if (found !== null) return "disturbed";
        await insertEvents(stage.left, stage.engineId, rows);
        return isUnknown ? "disturbed" : "in peace";
      } catch (error) {
        if (!isUnknownOutcome(error) && !isConnectionLoss(error)) throw error;
        isUnknown = true;
      }
    }
  };
  for (const count of ends.batches()) {
    const ids = Array.from({ length: count }, (_, at) => (at % 2 === 0 ? `client-${randomUUID()}` : null));
    const events = ids.map((id) =>
      stage.event("race.accepted", "{}", [{ runId: randomUUID(), fence: null }], id),
    );
    for (const event of events) {
      const [how] = await stage.race(
        () => accept(stage.rows(event)),
        () => stage.terminateLeft(),
        3,
      );
      ends.add(how);
    }
    const all = events.map(({ id }) => id);
    const rows = await stage.database.sql`
      with stored as materialized (select id, event_id from durable.runs where event_id = any(${all}::uuid[])),
        named as materialized (select event_id from durable.event_ids where event_id = any(${all}::uuid[])),
        queued as materialized (select s.event_id from durable.ready d join stored s on s.id = d.run_id)
      select i.id, (select count(*)::int from durable.events where workspace_id = ${stage.workspaceId} and id = i.id) as events,
        (select count(*)::int from named where event_id = i.id) as ids,
        (select count(*)::int from stored where event_id = i.id) as runs,
        (select count(*)::int from queued where event_id = i.id) as jobs
      from unnest(${all}::uuid[]) as i(id)`;
    const found = new Map(rows.map((row) => [row["id"], row]));
    for (const { id, clientId } of events)
      expect(found.get(id)).toEqual({ id, events: 1, ids: clientId === null ? 0 : 1, runs: 1, jobs: 1 });
  }
});
