import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { insertEvents } from "../../engine/src/store/accepted-events.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { lookBack, matchEvents } from "../../engine/src/store/waits.ts";
import { fireTimers } from "../../engine/src/store/wake-ups.ts";
import { commitItem, type HeldRun, outcome, ROUNDS, Stage, step, stepIdOf, waitFor } from "./stage.ts";

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
    ({ left } = await lookBack(stage.right, [{ ...run, stepId: stepIdOf(WAIT) }], limits));
  }
}

async function resolutionOf(run: HeldRun) {
  const [found] = await stage.database.sql`
    select s.status, s.seq, s.event_id, l.status as run_status, l.journal_seq,
      (select count(*)::int from durable.ready r where r.workspace_id = s.workspace_id and r.run_id = s.run_id and r.rank = l.ready_rank) as jobs,
      (select count(*)::int from durable.waits w where w.workspace_id = s.workspace_id and w.run_id = s.run_id) as waits,
      (select count(*)::int from durable.timers t where t.workspace_id = s.workspace_id and t.run_id = s.run_id) as timers
    from durable.steps s join durable.live_runs l using (workspace_id, run_id) where s.workspace_id = ${stage.workspaceId} and s.run_id = ${run.runId}`;
  return found!;
}

test("an event and a wait that meet always find each other, on the first wait on a name and on later ones", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const run = await stage.startRun();
    // Every other round is the first wait ever on its name: the moment its pattern comes to exist.
    const name = round % 2 === 0 ? `approved.${round}` : "approved";
    const [eventId] = await stage.race(
      () => sendEvent(name, `k${round}`),
      () => registerWait(run, name, `k${round}`, 3_600_000),
    );
    expect(await resolutionOf(run), `round ${round}`).toEqual({
      status: "ok",
      seq: 1,
      event_id: eventId,
      run_status: "queued",
      journal_seq: 1,
      jobs: 1,
      waits: 0,
      timers: 0,
    });
  }
  const [left] = await stage.database.sql`select count(*)::int as obligations from durable.event_obligations`;
  expect(left!["obligations"]).toBe(0);
});

test("an event and a timeout that meet settle a wait once", async () => {
  const seen = { event: 0, timeout: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const run = await stage.startRun();
    await registerWait(run, "answered", `k${round}`, 0);
    const [eventId] = await stage.race(
      () => sendEvent("answered", `k${round}`),
      () => fireTimers(stage.right, 100),
    );
    await fireTimers(stage.right, 100);
    const found = await resolutionOf(run);
    expect(found, `round ${round}`).toMatchObject({
      status: "ok",
      seq: 1,
      journal_seq: 1,
      jobs: 1,
      waits: 0,
      timers: 0,
    });
    expect([eventId, null]).toContain(found["event_id"]);
    seen[found["event_id"] === null ? "timeout" : "event"] += 1;
  }
  // A race that only one side ever wins is none.
  expect(Math.min(seen.event, seen.timeout), JSON.stringify(seen)).toBeGreaterThan(0);
});
