// An input and everything that wants to end it at the same moment: two people, a timeout, a cancel, a lost race.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { answerInput, findInputNotices } from "../../engine/src/store/inputs.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { fireTimers } from "../../engine/src/store/wake-ups.ts";
import { batches, Ends } from "./rounds.ts";
import { commitItem, type HeldRun, outcome, Stage, step, stepIdOf } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(24);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

const ASK = "ask";

interface Asked {
  readonly id: string;
  /** Under its fence after that. */
  readonly run: HeldRun;
}

/** Runs that ask, as their commit leaves them. */
async function askMany(
  count: number,
  kind: "wait" | "continue" = "wait",
  timeoutMs = HOUR_MS,
): Promise<Asked[]> {
  const runs = await stage.startRuns(count);
  const ids = runs.map(() => crypto.randomUUID());
  const items = runs.map((run, at) =>
    commitItem(
      run,
      outcome(kind, {
        steps: [step(ASK, "pending", { op: "input", dueMs: timeoutMs })],
        effects: [
          { kind: "input", stepId: stepIdOf(ASK), data: JSON.stringify({ id: ids[at], kind: "input" }) },
        ],
      }),
    ),
  );
  for (const { state } of await commitOutcomes(stage.database, stage.engineId, items))
    expect(state).toBe("applied");
  return items.map(({ nextFence }, at) => ({ id: ids[at]!, run: { ...runs[at]!, fence: nextFence } }));
}
const HOUR_MS = 3_600_000;

const answer = (side: "left" | "right", id: string, by: string, answerId: string | null = null) =>
  answerInput(stage[side], {
    workspaceId: stage.workspaceId,
    id,
    value: `{"from":${JSON.stringify(by)}}`,
    by,
    answerId,
    actor: "admin",
    detail: `answered by ${by}`,
  });

async function statesOf(all: readonly Asked[]) {
  const ids = all.map(({ id }) => id);
  const rows = await stage.database.sql`
    with audited as materialized (select a.target from durable.audit a where a.workspace_id = ${stage.workspaceId} and a.target = any(${ids}::text[]))
    select i.id, i.status, i.answered_by, s.status as step, s.value, s.seq,
      (select count(*)::int from audited a where a.target = i.id::text) as audited,
      (select count(*)::int from durable.timers t where t.workspace_id = i.workspace_id and t.run_id = i.run_id) as timers,
      (select count(*)::int from durable.ready r where r.workspace_id = i.workspace_id and r.run_id = i.run_id) as jobs
    from durable.inputs i join durable.steps s using (workspace_id, run_id, step_id)
    where i.workspace_id = ${stage.workspaceId} and i.id = any(${ids}::uuid[])`;
  const found = new Map(rows.map(({ id, ...state }) => [id as string, state]));
  return ids.map((id) => found.get(id)!);
}

test("of two people who answer at once one wins, and the other hears who it was", async () => {
  const ends = new Ends("ann", "bob");
  for (const count of ends.batches()) {
    const all = await askMany(count);
    const wins: { by: "ann" | "bob"; at: string | null }[] = [];
    for (const { id } of all) {
      const [ann, bob] = await stage.race(
        () => answer("left", id, "ann"),
        () => answer("right", id, "bob"),
      );
      const by = ann!.isOwn ? "ann" : "bob";
      ends.add(by);
      expect([ann!.isOwn, bob!.isOwn].filter(Boolean)).toHaveLength(1);
      for (const end of [ann, bob]) expect(end).toMatchObject({ status: "answered", by });
      expect(ann!.at).toBe(bob!.at);
      wins.push({ by, at: ann!.at });
    }
    for (const [no, { value, ...state }] of (await statesOf(all)).entries()) {
      const { by, at } = wins[no]!;
      expect(state).toEqual({
        status: "answered",
        answered_by: by,
        step: "ok",
        seq: 1,
        audited: 1,
        timers: 0,
        jobs: 1,
      });
      expect(JSON.parse(value)).toEqual({ value: { from: by }, by, at });
    }
    await stage.endAll();
  }
});

test("the same answer that arrives twice at once is one, and both hear so", async () => {
  for (const count of batches()) {
    const all = await askMany(count);
    for (const { id } of all) {
      const [first, second] = await stage.race(
        () => answer("left", id, "ann", "once"),
        () => answer("right", id, "ann", "once"),
      );
      expect([first, second]).toEqual([first, { ...first, isOwn: true }]);
    }
    for (const state of await statesOf(all))
      expect(state).toMatchObject({ status: "answered", audited: 1, seq: 1 });
    await stage.endAll();
  }
});

test("an answer beside its timeout: one of them ends it, and an answer that was taken is never lost", async () => {
  const ends = new Ends("answered", "expired");
  // As long as it takes until both are under way: shorter after an answer in time, longer after one too late.
  let timeoutMs = 10;
  for (const round of ends.rounds()) {
    const [asked] = await askMany(1, "wait", timeoutMs);
    const { id } = asked!;
    const [end] = await stage.race(
      () => answer("left", id, "ann"),
      () => fireTimers(stage.right, 100),
    );
    // What has not fired yet fires now.
    while ((await openInputs()) > 0);
    const { status, value, step: entry, seq, timers, jobs } = (await statesOf([asked!]))[0]!;
    expect({ entry, seq, timers, jobs }, `round ${round}`).toEqual({
      entry: "ok",
      seq: 1,
      timers: 0,
      jobs: 1,
    });
    expect(end!.status).toBe(status);
    expect(value === "null").toBe(status === "expired");
    ends.add(status);
    timeoutMs = status === "answered" ? Math.max(0, timeoutMs - 0.3) : timeoutMs + 0.3;
  }
});

async function openInputs(): Promise<number> {
  await fireTimers(stage.right, 100);
  const [row] = await stage.database.sql<{ left: number }[]>`
    select count(*)::int as left from durable.inputs where workspace_id = ${stage.workspaceId} and status = 'open'
      and due_at < now() + interval '1 minute'`;
  return row!.left;
}

test("an answer beside a cancel: the run is cancelled, and who answered hears what counts", async () => {
  const ends = new Ends("answered", "cancelled");
  for (const count of ends.batches()) {
    const all = await askMany(count);
    const told: string[] = [];
    for (const { id, run } of all) {
      const [end] = await stage.race(
        () => answer("left", id, "ann"),
        () =>
          stage.right.sql`select durable.cancel_run(${run.workspaceId}, ${run.runId}::uuid, 'test', null)`,
      );
      told.push(end!.status);
    }
    for (const [no, state] of (await statesOf(all)).entries()) {
      const isAnswered = state["status"] === "answered";
      expect(told[no]).toBe(state["status"]);
      expect(state).toMatchObject({
        step: isAnswered ? "ok" : "cancelled",
        timers: 0,
        jobs: 0,
        audited: isAnswered ? 1 : 0,
      });
      ends.add(state["status"]);
    }
  }
});

test("an answer beside the commit that cancels its entry, because it lost a race", async () => {
  const ends = new Ends("answered", "cancelled");
  for (const count of ends.batches()) {
    const all = await askMany(count, "continue");
    const told: string[] = [];
    for (const { id, run } of all) {
      const decided = outcome("continue", {
        steps: [step("race", "ok", { op: "join" })],
        effects: [{ kind: "cancel", stepId: stepIdOf(ASK), data: "{}" }],
      });
      const [end] = await stage.race(
        () => answer("left", id, "ann"),
        () => commitOutcomes(stage.right, stage.engineId, [commitItem(run, decided)]),
      );
      told.push(end!.status);
    }
    for (const [no, state] of (await statesOf(all)).entries()) {
      expect(told[no]).toBe(state["status"]);
      expect(state).toMatchObject({ step: state["status"] === "answered" ? "ok" : "cancelled", timers: 0 });
      ends.add(state["status"]);
    }
  }
});

test("what an answer asks and takes back at once is asked of nobody", async () => {
  const run = await stage.startRun();
  const data = JSON.stringify({ id: crypto.randomUUID(), kind: "input" });
  const decided = outcome("continue", {
    steps: [step(ASK, "pending", { op: "input", dueMs: 1_000 }), step("race", "ok", { op: "join" })],
    effects: [
      { kind: "input", stepId: stepIdOf(ASK), data },
      { kind: "cancel", stepId: stepIdOf(ASK), data: "{}" },
    ],
  });
  await commitOutcomes(stage.right, stage.engineId, [commitItem(run, decided)]);
  const [left] = await stage.database.sql`
    select (select count(*)::int from durable.inputs where run_id = ${run.runId}) as inputs,
      (select count(*)::int from durable.timers where run_id = ${run.runId}) as timers,
      (select status from durable.steps where run_id = ${run.runId} and op = 'input') as entry`;
  expect(left).toEqual({ inputs: 0, timers: 0, entry: "cancelled" });
});

test("every question leaves its notice once, whoever answers meanwhile", async () => {
  const notices = await findInputNotices(stage.database, null, 100_000);
  const [row] = await stage.database.sql<
    { inputs: number }[]
  >`select count(*)::int as inputs from durable.inputs`;
  expect(notices).toHaveLength(row!.inputs);
  expect(new Set(notices.map(({ eventName }) => eventName))).toEqual(new Set(["durable.input.requested"]));
});
