// What `commit_steps` writes of a lone step is what `commit_outcomes` writes of it, whatever state its run is in.
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { CommitItem } from "../../engine/src/store/commit-item.ts";
import { isLoneStep } from "../../engine/src/store/lone-steps.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { Ends } from "./rounds.ts";
import { commitItem, type HeldRun, outcome, Stage, step, stepIdOf } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(41);
});
afterEach(async () => {
  await stage.endAll();
  await stage.expectInvariants();
});
afterAll(() => stage.close());

/** What somebody did to a run, or its holder before, when its outcome arrives. */
const FATES = ["held", "pausing", "moving", "both", "lost", "committed"] as const;

const ITEM = fc.record({
  fate: fc.constantFrom(...FATES),
  /** A checkpoint of a dispatch that goes on has no lease of its own. */
  isAnswer: fc.boolean(),
  value: fc.option(fc.json({ maxDepth: 1 }), { nil: null }),
  name: fc.constantFrom("only", 'with "quotes", {braces}'),
});
type Item = typeof ITEM extends fc.Arbitrary<infer T> ? T : never;

function loneStep(run: HeldRun, { isAnswer, value, name }: Item): CommitItem {
  const leased = isAnswer ? 1_700_000_000 : null;
  return commitItem(run, outcome("continue", { steps: [step(name, "ok", { value })] }), {
    areStepsNew: true,
    times: {
      scheduled: leased,
      leased,
      sent: 1_700_000_001,
      firstByte: null,
      received: 1_700_000_002.5,
      appMs: 3.25,
    },
  });
}

async function befall({ runId, fence }: HeldRun, fate: Item["fate"], item: CommitItem): Promise<void> {
  const { sql } = stage.database;
  if (fate === "lost")
    await sql`update durable.live_runs set fence = ${randomUUID()} where run_id = ${runId}::uuid`;
  else if (fate === "committed") await commitOutcomes(stage.database, stage.engineId, [item]);
  else if (fate !== "held") {
    const [pausing, moving] = [fate !== "moving", fate !== "pausing"];
    await sql`update durable.live_runs set pausing = ${pausing}, moving = ${moving} where run_id = ${runId}::uuid and fence = ${fence}::uuid`;
  }
}

/** Everything that is kept of a run, but for names and times of this one. */
async function keptOf({ runId, fence }: HeldRun, { nextFence }: CommitItem): Promise<unknown> {
  const [row] = await stage.database.sql`
    with own as (select ${runId}::uuid as run)
    select
      (select to_jsonb(l) - 'run_id' - 'fence' - 'ready_rank' || jsonb_build_object('is_next', l.fence = ${nextFence}::uuid, 'is_ready', l.ready_rank is not null)
        from durable.live_runs l, own where l.run_id = own.run) as live,
      (select jsonb_agg(to_jsonb(s) - 'run_id' - 'dispatch' - 'committed_at' - 'settled_at'
          || jsonb_build_object('is_dispatch', s.dispatch = ${fence}::uuid, 'is_settled', s.settled_at is not null))
        from durable.steps s, own where s.run_id = own.run) as steps,
      (select jsonb_agg(to_jsonb(a) - 'run_id' - 'fence' - 'committed_at' order by a.step_id) from durable.attempts a, own where a.run_id = own.run) as attempts,
      (select jsonb_agg(jsonb_build_array(c.kind, c.journal_seq) order by c.position) from durable.changes c, own where c.run_id = own.run) as changes,
      (select count(*)::int from durable.ready r, own where r.run_id = own.run) as jobs`;
  return row;
}

test("a group of them leaves the same, by itself and among others", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(ITEM, { minLength: 1, maxLength: 4 }), async (given) => {
      const sides = [];
      for (const areStepsNew of [true, false]) {
        const runs = await stage.startRuns(given.length);
        const items = runs.map((run, at) => ({ ...loneStep(run, given[at]!), areStepsNew }));
        for (const [at, run] of runs.entries()) await befall(run, given[at]!.fate, items[at]!);
        expect(items.every(isLoneStep)).toBe(areStepsNew);
        const results = await commitOutcomes(stage.database, stage.engineId, items);
        sides.push({ results, kept: await Promise.all(runs.map((run, at) => keptOf(run, items[at]!))) });
      }
      expect(sides[0]).toEqual(sides[1]);
    }),
    { numRuns: 60 },
  );
});

test("what is more than a lone step is none", async () => {
  const run = await stage.startRun();
  const item = loneStep(run, { fate: "held", isAnswer: true, value: "1", name: "only" });
  const of = (more: object, changed: Partial<CommitItem> = {}) =>
    isLoneStep({ ...item, ...changed, outcome: { ...item.outcome, ...more } });
  expect(of({})).toBe(true);
  expect(of({ kind: "completed" })).toBe(false);
  expect(of({ steps: [step("a", "ok"), step("b", "ok")] })).toBe(false);
  expect(of({ steps: [step("a", "err", { failure: "{}" })] })).toBe(false);
  expect(of({ steps: [step("a", "ok", { op: "send" })] })).toBe(false);
  expect(of({ steps: [step("a", "ok", { attempt: 2 })] })).toBe(false);
  expect(of({ steps: [step("a", "ok", { scope: stepIdOf("group") })] })).toBe(false);
  expect(of({ steps: [step("a", "pending", { op: "sleep", dueMs: 1 })] })).toBe(false);
  expect(of({ runAttempt: 1 })).toBe(false);
  expect(of({ transportAttempt: 1 })).toBe(false);
  expect(of({ retryMs: 5 })).toBe(false);
  expect(of({ effects: [{ kind: "state", stepId: null, data: "1" }] })).toBe(false);
  expect(of({ attempts: [{ stepId: null, attempt: 1, outcome: "turn", failure: null }] })).toBe(false);
  expect(of({}, { areStepsNew: false })).toBe(false);
  expect(of({}, { events: stage.rows(stage.event("race.sent", "{}")) })).toBe(false);
});

test("one whose session is ended under it is committed exactly once", { timeout: 180_000 }, async () => {
  const ends = new Ends("disturbed", "in peace");
  for (const count of ends.batches()) {
    for (const run of await stage.startRuns(count)) {
      const item = loneStep(run, { fate: "held", isAnswer: true, value: "1", name: "only" });
      const [{ result, lostAnswers }] = await stage.race(
        () => stage.commitUntilKnown(item),
        () => stage.terminateLeft(),
        3,
      );
      expect(["applied", "already"]).toContain(result.state);
      expect(result.journalSeq).toBe(1);
      ends.add(lostAnswers > 0 ? "disturbed" : "in peace");
    }
  }
  const [{ runs, steps, told } = {}] = await stage.database.sql`
    select count(*)::int as runs, sum((select count(*) from durable.steps s where s.run_id = l.run_id))::int as steps,
      sum((select count(*) from durable.changes c where c.run_id = l.run_id and c.kind = 'run.continue'))::int as told
    from durable.live_runs l`;
  expect({ steps, told }).toEqual({ steps: runs, told: runs });
});

test("of two under one fence exactly one is applied and the other changes nothing", async () => {
  const wins = new Ends("left", "right");
  for (const round of wins.rounds(300)) {
    const run = await stage.startRun();
    const side = (name: string) =>
      loneStep(run, { fate: "held", isAnswer: true, value: `"${name}"`, name: "only" });
    const [[left], [right]] = await stage.race(
      () => commitOutcomes(stage.left, stage.engineId, [side("left")]),
      () => commitOutcomes(stage.right, stage.engineId, [side("right")]),
    );
    expect([left!.state, right!.state].sort(), `round ${round}`).toEqual(["applied", "lost"]);
    const winner = left!.state === "applied" ? "left" : "right";
    wins.add(winner);
    const steps = await stage.database.sql`select value from durable.steps where run_id = ${run.runId}::uuid`;
    expect([...steps]).toEqual([{ value: `"${winner}"` }]);
  }
});
