// An input and everything that wants to end it at the same moment: two people, a timeout, a cancel, a lost race.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { answerInput, findInputNotices } from "../../engine/src/store/inputs.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { fireTimers } from "../../engine/src/store/wake-ups.ts";
import { commitItem, type HeldRun, outcome, ROUNDS, Stage, step, stepIdOf } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(24);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

const ASK = "ask";

/** A run that asks, as its commit leaves it: answers the input's id. */
async function ask(run: HeldRun, timeoutMs: number, kind: "wait" | "continue" = "wait"): Promise<string> {
  const id = crypto.randomUUID();
  const decided = outcome(kind, {
    steps: [step(ASK, "pending", { op: "input", dueMs: timeoutMs })],
    effects: [{ kind: "input", stepId: stepIdOf(ASK), data: JSON.stringify({ id, kind: "input" }) }],
  });
  const item = commitItem(run, decided);
  const [result] = await commitOutcomes(stage.database, stage.engineId, [item]);
  expect(result!.state).toBe("applied");
  held = { ...run, fence: item.nextFence };
  return id;
}
/** The run that asked last, under its fence after that. */
let held: HeldRun;

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

async function stateOf(id: string) {
  const [row] = await stage.database.sql`
    select i.status, i.answered_by, s.status as step, s.value, s.seq,
      (select count(*)::int from durable.audit a where a.workspace_id = i.workspace_id and a.target = i.id::text) as audited,
      (select count(*)::int from durable.timers t where t.workspace_id = i.workspace_id and t.run_id = i.run_id) as timers,
      (select count(*)::int from durable.ready r where r.workspace_id = i.workspace_id and r.run_id = i.run_id) as jobs
    from durable.inputs i join durable.steps s using (workspace_id, run_id, step_id) where i.workspace_id = ${stage.workspaceId} and i.id = ${id}`;
  return row!;
}

test("of two people who answer at once one wins, and the other hears who it was", async () => {
  const wins = { ann: 0, bob: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const id = await ask(await stage.startRun(), 3_600_000);
    const [ann, bob] = await stage.race(
      () => answer("left", id, "ann"),
      () => answer("right", id, "bob"),
    );
    const winner = ann!.isOwn ? "ann" : "bob";
    wins[winner] += 1;
    expect([ann!.isOwn, bob!.isOwn].filter(Boolean), `round ${round}`).toHaveLength(1);
    for (const end of [ann, bob]) expect(end).toMatchObject({ status: "answered", by: winner });
    expect(ann!.at).toBe(bob!.at);
    const { value, ...state } = await stateOf(id);
    const expected = {
      status: "answered",
      answered_by: winner,
      step: "ok",
      seq: 1,
      audited: 1,
      timers: 0,
      jobs: 1,
    };
    expect(state, `round ${round}`).toEqual(expected);
    expect(JSON.parse(value)).toEqual({ value: { from: winner }, by: winner, at: ann!.at });
  }
  expect(Math.min(wins.ann, wins.bob), JSON.stringify(wins)).toBeGreaterThan(0);
});

test("the same answer that arrives twice at once is one, and both hear so", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const id = await ask(await stage.startRun(), 3_600_000);
    const [first, second] = await stage.race(
      () => answer("left", id, "ann", "once"),
      () => answer("right", id, "ann", "once"),
    );
    expect([first, second], `round ${round}`).toEqual([first, { ...first, isOwn: true }]);
    expect(await stateOf(id)).toMatchObject({ status: "answered", audited: 1, seq: 1 });
  }
});

test("an answer beside its timeout: one of them ends it, and an answer that was taken is never lost", async () => {
  const seen = { answered: 0, expired: 0 };
  // As long as it takes until both are under way: shorter after an answer in time, longer after one too late.
  let timeoutMs = 10;
  for (let round = 0; round < ROUNDS; round += 1) {
    const id = await ask(await stage.startRun(), timeoutMs);
    const [end] = await stage.race(
      () => answer("left", id, "ann"),
      () => fireTimers(stage.right, 100),
    );
    // What has not fired yet fires now.
    while ((await openInputs()) > 0);
    const { status, value, step: entry, seq, timers, jobs } = await stateOf(id);
    expect({ entry, seq, timers, jobs }, `round ${round}`).toEqual({
      entry: "ok",
      seq: 1,
      timers: 0,
      jobs: 1,
    });
    expect(end!.status).toBe(status);
    expect(value === "null").toBe(status === "expired");
    seen[status as keyof typeof seen] += 1;
    timeoutMs = status === "answered" ? Math.max(0, timeoutMs - 0.3) : timeoutMs + 0.3;
  }
  expect(Math.min(seen.answered, seen.expired), JSON.stringify(seen)).toBeGreaterThan(0);
});

async function openInputs(): Promise<number> {
  await fireTimers(stage.right, 100);
  const [row] = await stage.database.sql<{ left: number }[]>`
    select count(*)::int as left from durable.inputs where workspace_id = ${stage.workspaceId} and status = 'open'
      and due_at < now() + interval '1 minute'`;
  return row!.left;
}

test("an answer beside a cancel: the run is cancelled, and who answered hears what counts", async () => {
  const seen = { answered: 0, cancelled: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const run = await stage.startRun();
    const id = await ask(run, 3_600_000);
    const [end] = await stage.race(
      () => answer("left", id, "ann"),
      () => stage.right.sql`select durable.cancel_run(${run.workspaceId}, ${run.runId}::uuid, 'test', null)`,
    );
    const state = await stateOf(id);
    expect(end!.status, `round ${round}`).toBe(state["status"]);
    expect(state).toMatchObject({
      step: state["status"] === "answered" ? "ok" : "cancelled",
      timers: 0,
      jobs: 0,
    });
    expect(state["audited"]).toBe(state["status"] === "answered" ? 1 : 0);
    seen[state["status"] as keyof typeof seen] += 1;
  }
  expect(Math.min(seen.answered, seen.cancelled), JSON.stringify(seen)).toBeGreaterThan(0);
});

test("an answer beside the commit that cancels its entry, because it lost a race", async () => {
  const seen = { answered: 0, cancelled: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const id = await ask(await stage.startRun(), 3_600_000, "continue");
    const decided = outcome("continue", {
      steps: [step("race", "ok", { op: "join" })],
      effects: [{ kind: "cancel", stepId: stepIdOf(ASK), data: "{}" }],
    });
    const [end] = await stage.race(
      () => answer("left", id, "ann"),
      () => commitOutcomes(stage.right, stage.engineId, [commitItem(held, decided)]),
    );
    const state = await stateOf(id);
    expect(end!.status, `round ${round}`).toBe(state["status"]);
    expect(state).toMatchObject({ step: state["status"] === "answered" ? "ok" : "cancelled", timers: 0 });
    seen[state["status"] as keyof typeof seen] += 1;
  }
  expect(Math.min(seen.answered, seen.cancelled), JSON.stringify(seen)).toBeGreaterThan(0);
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
