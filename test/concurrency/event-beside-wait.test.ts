import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { insertEvents } from "../../engine/src/store/accepted-events.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { lookBack, matchEvents } from "../../engine/src/store/waits.ts";
import { fireTimers } from "../../engine/src/store/wake-ups.ts";
import { batches, Ends } from "./rounds.ts";
import { commitItem, type HeldRun, outcome, Stage, step, waitFor } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(11);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

const WAIT = "approval";

/** Both sides as an engine does them: the durable change, then the obligation that came with it. */
async function sendEvent(name: string, key: string): Promise<string> {
  const event = stage.event(name, JSON.stringify({ key }));
  await insertEvents(stage.left, stage.engineId, stage.rows(event));
  await matchEvents(stage.left, [{ workspaceId: event.workspaceId, eventId: event.id }]);
  return event.id;
}

async function registerWait(run: HeldRun, name: string, key: string, timeoutMs: number): Promise<void> {
  const decided = outcome("wait", {
    steps: [step(WAIT, "pending", { op: "wait", dueMs: timeoutMs })],
    effects: [waitFor(WAIT, name, { key })],
  });
  const [result] = await commitOutcomes(stage.right, stage.engineId, [commitItem(run, decided)]);
  expect(result!.state).toBe("applied");
  const limits = { perCall: 100, inAll: 1_000 };
  for (let left = 1; left > 0; ) {
    ({ left } = await lookBack(stage.right, [run], limits));
  }
}

async function resolutionsOf(runs: readonly HeldRun[]) {
  const rows = await stage.database.sql`
    select s.run_id, s.status, s.seq, s.event_id, l.status as run_status, l.journal_seq,
      (select count(*)::int from durable.ready r where r.workspace_id = s.workspace_id and r.run_id = s.run_id and r.rank = l.ready_rank) as jobs,
      (select count(*)::int from durable.waits w where w.workspace_id = s.workspace_id and w.run_id = s.run_id) as waits,
      (select count(*)::int from durable.timers t where t.workspace_id = s.workspace_id and t.run_id = s.run_id) as timers
    from durable.steps s join durable.live_runs l using (workspace_id, run_id) where s.workspace_id = ${stage.workspaceId} and s.run_id = any(${runs.map(({ runId }) => runId)}::uuid[])`;
  const found = new Map(rows.map(({ run_id, ...resolution }) => [run_id as string, resolution]));
  return runs.map(({ runId }) => found.get(runId)!);
}

test("an event and a wait that meet always find each other, on the first wait on a name and on later ones", async () => {
  for (const count of batches()) {
    const runs = await stage.startRuns(count);
    const sent: string[] = [];
    for (const [no, run] of runs.entries()) {
      // Every other round is the first wait ever on its name: the moment its pattern comes to exist.
      const name = no % 2 === 0 ? `approved.${run.runId}` : "approved";
      const [eventId] = await stage.race(
        () => sendEvent(name, run.runId),
        () => registerWait(run, name, run.runId, 3_600_000),
      );
      sent.push(eventId);
    }
    expect(await resolutionsOf(runs)).toEqual(
      sent.map((eventId) => ({
        status: "ok",
        seq: 1,
        event_id: eventId,
        run_status: "queued",
        journal_seq: 1,
        jobs: 1,
        waits: 0,
        timers: 0,
      })),
    );
    await stage.endAll();
  }
  const [left] = await stage.database.sql`select count(*)::int as obligations from durable.event_obligations`;
  expect(left!["obligations"]).toBe(0);
});

test("an event and a timeout that meet settle a wait once", async () => {
  const ends = new Ends("event", "timeout");
  for (const count of ends.batches()) {
    const runs = await stage.startRuns(count);
    const sent: string[] = [];
    for (const run of runs) {
      await registerWait(run, "answered", run.runId, 0);
      const [eventId] = await stage.race(
        () => sendEvent("answered", run.runId),
        () => fireTimers(stage.right, 100),
      );
      sent.push(eventId);
      await fireTimers(stage.right, 100);
    }
    for (const [no, found] of (await resolutionsOf(runs)).entries()) {
      expect(found).toMatchObject({ status: "ok", seq: 1, journal_seq: 1, jobs: 1, waits: 0, timers: 0 });
      expect([sent[no], null]).toContain(found["event_id"]);
      ends.add(found["event_id"] === null ? "timeout" : "event");
    }
    await stage.endAll();
  }
});
