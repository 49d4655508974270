import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { OutcomeKind } from "../../engine/src/domain/outcome.ts";
import { findAcceptedStates, insertEvents } from "../../engine/src/store/accepted-events.ts";
import { isConnectionLoss, isUnknownOutcome } from "../../engine/src/store/database.ts";
import { type CommitItem, type CommitResult, commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { commitItem, outcome, ROUNDS, Stage, step, stepIdOf, waitFor } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(55);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

const KINDS: OutcomeKind[] = ["continue", "wait", "requeue", "completed", "failed", "paused"];

/** Everything a commit can do at once, so that doing it twice would show somewhere. */
async function everything(): Promise<CommitItem> {
  const run = await stage.startRun();
  const event = stage.event("race.sent", "{}", [{ runId: randomUUID(), fence: null }]);
  const kind = stage.pick(KINDS);
  return commitItem(
    run,
    outcome(kind, {
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
}

async function effectsOf(item: CommitItem) {
  const ended = item.outcome.kind === "completed" || item.outcome.kind === "failed";
  const [row] = await stage.database.sql`
    select
      (select array_agg(seq order by seq) from durable.steps where workspace_id = r.workspace_id and run_id = r.id and seq is not null) as seqs,
      (select count(*)::int from durable.steps where workspace_id = r.workspace_id and run_id = r.id) as steps,
      (select count(*)::int from durable.attempts where workspace_id = r.workspace_id and run_id = r.id) as attempts,
      (select count(*)::int from durable.timers where workspace_id = r.workspace_id and run_id = r.id) as timers,
      (select count(*)::int from durable.waits where workspace_id = r.workspace_id and run_id = r.id) as waits,
      (select count(*)::int from durable.ready where workspace_id = r.workspace_id and run_id = r.id) as jobs,
      (select count(*)::int from durable.changes where workspace_id = r.workspace_id and run_id = r.id) as changes,
      (select count(*)::int from durable.events where workspace_id = r.workspace_id and id = ${item.events!.entries[0]!.row.id}) as sent,
      (select count(*)::int from durable.runs where workspace_id = r.workspace_id and event_id = ${item.events!.entries[0]!.row.id}) as started,
      coalesce((select fence from durable.live_runs where workspace_id = r.workspace_id and run_id = r.id), r.end_fence) as fence
    from durable.runs r where r.workspace_id = ${stage.workspaceId} and r.id = ${item.runId}`;
  expect(row).toEqual({
    seqs: [1, 2],
    steps: 4,
    attempts: 1,
    timers: ended ? 0 : 2,
    waits: ended ? 0 : 1,
    jobs: item.outcome.kind === "requeue" ? 1 : 0,
    changes: 2,
    sent: 1,
    started: 1,
    fence: item.nextFence,
  });
}

test("a commit whose answer was lost is recognised when it is repeated, and repeating changes nothing", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const item = await everything();
    const [[left], [right]] = await stage.race(
      () => commitOutcomes(stage.left, stage.engineId, [item]),
      () => commitOutcomes(stage.right, stage.engineId, [item]),
    );
    expect([left!.state, right!.state].sort(), `round ${round}`).toEqual(["already", "applied"]);
    expect([left!.journalSeq, right!.journalSeq].sort()).toEqual(
      ["completed", "failed"].includes(item.outcome.kind) ? [0, 2] : [2, 2],
    );
    await effectsOf(item);
  }
});

/** Repeats like the engine does: as long as the outcome is unknown or nobody can be reached. */
async function untilKnown(item: CommitItem): Promise<{ result: CommitResult; lostAnswers: number }> {
  for (let lostAnswers = 0; ; lostAnswers += 1) {
    try {
      const [result] = await commitOutcomes(stage.left, stage.engineId, [item]);
      return { result: result!, lostAnswers };
    } catch (error) {
      if (!isUnknownOutcome(error) && !isConnectionLoss(error)) throw error;
    }
  }
}

async function terminateLeft(): Promise<void> {
  await stage.right.sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'left'`;
}

test("a commit whose session is ended under it happens exactly once", async () => {
  const seen = { applied: 0, already: 0, disturbed: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const item = await everything();
    const [{ result, lostAnswers }] = await stage.race(() => untilKnown(item), terminateLeft, 3);
    expect(["applied", "already"], `round ${round}`).toContain(result.state);
    seen[result.state as "applied" | "already"] += 1;
    if (lostAnswers > 0) seen.disturbed += 1;
    await effectsOf(item);
  }
  expect(seen.disturbed, JSON.stringify(seen)).toBeGreaterThan(0);
}, 180_000);

test("an event whose acceptance has an unknown outcome is stored once, with its run", async () => {
  const seen = { inserted: 0, found: 0, disturbed: 0 };
  const accept = async (rows: ReturnType<Stage["rows"]>) => {
    for (let unknown = false; ; ) {
      try {
        const found = unknown ? await findAcceptedStates(stage.left, rows) : null;
        if (found !== null) return "found";
        await insertEvents(stage.left, stage.engineId, rows);
        return "inserted";
      } catch (error) {
        if (!isUnknownOutcome(error) && !isConnectionLoss(error)) throw error;
        unknown = true;
        seen.disturbed += 1;
      }
    }
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const clientId = round % 2 === 0 ? `client-${round}` : null;
    const event = stage.event("race.accepted", "{}", [{ runId: randomUUID(), fence: null }], clientId);
    const [how] = await stage.race(() => accept(stage.rows(event)), terminateLeft, 3);
    seen[how as "inserted" | "found"] += 1;
    const [row] = await stage.database.sql`
      select (select count(*)::int from durable.events where workspace_id = ${stage.workspaceId} and id = ${event.id}) as events,
        (select count(*)::int from durable.event_ids where event_id = ${event.id}) as ids,
        (select count(*)::int from durable.runs where event_id = ${event.id}) as runs,
        (select count(*)::int from durable.ready d join durable.runs r on r.id = d.run_id where r.event_id = ${event.id}) as jobs`;
    expect(row, `round ${round}`).toEqual({ events: 1, ids: clientId === null ? 0 : 1, runs: 1, jobs: 1 });
  }
  expect(seen.disturbed, JSON.stringify(seen)).toBeGreaterThan(0);
}, 180_000);
