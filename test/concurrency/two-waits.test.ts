import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Effect } from "../../engine/src/domain/outcome.ts";
import { lookBackWithConditions, matchConditions } from "../../engine/src/queue/conditions.ts";
import { insertEvents } from "../../engine/src/store/accepted-events.ts";
import type { Database } from "../../engine/src/store/database.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { lookBack, matchEvents } from "../../engine/src/store/waits.ts";
import { batches } from "./rounds.ts";
import { commitItem, type HeldRun, outcome, Stage, step, stepIdOf } from "./stage.ts";

// Two waits of one run for the same event. Two engines look back for them, and an event comes meanwhile: whoever is first,
// the first wait has the first event.

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(62);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

/** One event of the past per call, so that a look-back takes several. */
const LIMITS = { perCall: 1, inAll: 1_000 };

/** As an engine does when a commit has opened waits. */
async function lookBackTo(database: Database, run: HeldRun): Promise<void> {
  for (;;) {
    const { left } = await lookBack(database, [run], LIMITS);
    if (left === 0) return;
    await lookBackWithConditions(database, [run], LIMITS, () => {});
  }
}

async function sendEvent(database: Database, name: string, key: string): Promise<string> {
  const event = stage.event(name, JSON.stringify({ key }));
  await insertEvents(database, stage.engineId, stage.rows(event));
  const { conditional } = await matchEvents(database, [{ ...event, eventId: event.id }]);
  for (const each of conditional) await matchConditions(database, each, () => {});
  return event.id;
}

/** The condition reads the key of the event that the run is for. */
async function open(run: HeldRun, name: string, event: string, isAsked: boolean): Promise<HeldRun> {
  const awaited = {
    key: "",
    event,
    ...(isAsked ? { match: {}, if: `event.data.key == "${run.runId}"` } : { match: { key: run.runId } }),
  };
  const effect: Effect = {
    kind: "wait",
    stepId: stepIdOf(name),
    data: JSON.stringify({ mode: "event", events: [awaited] }),
  };
  const item = commitItem(
    run,
    outcome("continue", {
      steps: [step(name, "pending", { op: "wait", dueMs: 3_600_000 })],
      effects: [effect],
    }),
  );
  const [result] = await commitOutcomes(stage.left, stage.engineId, [item]);
  expect(result!.state).toBe("applied");
  return { ...run, fence: item.nextFence };
}

const ASKED: readonly (readonly [first: boolean, second: boolean])[] = [
  [false, false],
  [true, false],
  [false, true],
];

test("two engines that look back for two waits, while an event comes, fill them in order", async () => {
  let round = 0;
  for (const count of batches()) {
    for (const started of await stage.startRuns(count)) {
      const [isFirstAsked, isSecondAsked] = ASKED[round++ % ASKED.length]!;
      const name = `wanted ${started.runId}`;
      await sendEvent(stage.left, name, "another");
      const first = await sendEvent(stage.left, name, started.runId);
      const both = await open(
        await open(started, "first", name, isFirstAsked),
        "second",
        name,
        isSecondAsked,
      );
      const [, second] = await stage.race(
        () => lookBackTo(stage.left, both),
        async () => {
          const sent = await sendEvent(stage.right, name, started.runId);
          await lookBackTo(stage.right, both);
          return sent;
        },
      );
      const rows = await stage.database
        .sql`select name, event_id from durable.steps where run_id = ${started.runId} order by name`;
      expect(rows.map((row) => [row["name"], row["event_id"]])).toEqual([
        ["first", first],
        ["second", second],
      ]);
    }
    await stage.endAll();
  }
});
