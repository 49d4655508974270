import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { lookBackWithConditions, matchConditions } from "../../engine/src/queue/conditions.ts";
import { insertEvents } from "../../engine/src/store/accepted-events.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { findEventObligations, lookBack, matchEvents } from "../../engine/src/store/waits.ts";
import { commitItem, type HeldRun, outcome, Stage, step, stepIdOf } from "../concurrency/stage.ts";
import { type Asked, type Sent, WaitModel } from "./wait-model.ts";

// Which event fills which wait of a run hangs on what was sent and asked for, in which order; and on nothing of when the
// two are held together: each call of the wait matcher may come at any time, or not at all until the end.

const SEQUENCES = Number(process.env["DURABLE_TEST_SEQUENCES"] ?? 60);
const SEED = Number(process.env["DURABLE_TEST_SEED"] ?? 8);
const HOUR_MS = 3_600_000;
/** Small, so that a look-back takes several calls. */
const LIMITS = { perCall: 2, inAll: 1_000 };
const NAMES = ["part", "whole"];

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(61);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

type Command =
  | { readonly do: "send"; readonly event: Sent }
  | { readonly do: "wait"; readonly asked: readonly Asked[] }
  /** A call of the wait matcher: for new events, up to where conditions are asked or all of it; for the past, likewise. */
  | { readonly do: "match" | "match a half" | "look back" | "ask the past" };

const anEvent = fc.record({
  name: fc.constantFrom(...NAMES, "part"),
  id: fc.constantFrom(1, 2),
  n: fc.constantFrom<number | string>(0, 1, 1, 1, "odd"),
});
const asked = fc.record({
  name: fc.constantFrom(...NAMES, "part"),
  id: fc.constantFrom(null, null, 1, 2),
  isPositive: fc.boolean(),
  reaches: fc.boolean(),
});
const several = fc.array(
  asked.map((each) => ({ ...each, isPositive: false })),
  { minLength: 2, maxLength: 3 },
);
const sends = fc.array(anEvent, { maxLength: 5 });
const commands = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant("send" as const), event: anEvent }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("wait" as const),
        asked: fc.oneof(
          asked.map((each) => [each]),
          several,
        ),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom(
          "match" as const,
          "match a half" as const,
          "look back" as const,
          "look back" as const,
          "ask the past" as const,
        ),
      }),
    },
  ),
  { minLength: 5, maxLength: 30 },
);

/** The model, and a run that is told the same. */
class Pair {
  readonly model = new WaitModel();
  readonly #sent: string[] = [];
  readonly #suffix: string;
  #run: HeldRun | undefined;
  #steps = 0;

  constructor(suffix: string) {
    this.#suffix = suffix;
  }

  async play(before: readonly Sent[], sequence: readonly Command[]): Promise<void> {
    for (const event of before) await this.#send(event);
    this.#run = await stage.startRun();
    this.model.begin();
    for (const command of sequence) await this.#tell(command);
    for (let calls = 0; !(await this.#isAtRest()); calls += 1) expect(calls).toBeLessThan(200);
  }

  /** By step and key: the number of the event that has filled it, or "failed". */
  async found(): Promise<Map<string, number | "failed">> {
    const { sql } = stage.database;
    const { runId } = this.#run!;
    const found = new Map<string, number | "failed">();
    const steps =
      await sql`select name, status, value from durable.steps where run_id = ${runId} and seq is not null`;
    for (const { name, status, value } of steps) {
      if (status === "err") found.set(`${name}/0`, "failed");
      else {
        const given = JSON.parse(value);
        const byKey: { readonly [key: string]: { readonly id: string } } =
          typeof given.id === "string" ? { 0: given } : given;
        for (const [key, event] of Object.entries(byKey))
          found.set(`${name}/${key}`, this.#sent.indexOf(event.id));
      }
    }
    const filled = await sql`
      select s.name, w.key, w.event_id from durable.waits w join durable.steps s using (workspace_id, run_id, step_id)
      where w.run_id = ${runId} and w.event_id is not null`;
    for (const row of filled) found.set(`${row["name"]}/${row["key"]}`, this.#sent.indexOf(row["event_id"]));
    return found;
  }

  async #tell(command: Command): Promise<void> {
    if (command.do === "send") return await this.#send(command.event);
    if (command.do === "wait") return await this.#wait(command.asked);
    if (command.do === "look back") await lookBack(stage.left, [this.#run!], LIMITS);
    else if (command.do === "ask the past") await this.#askThePast();
    else await this.#match(command.do === "match");
  }

  async #send(event: Sent): Promise<void> {
    const { id, n } = event;
    const row = stage.event(`${event.name}.${this.#suffix}`, JSON.stringify({ id, n }));
    await insertEvents(stage.left, stage.engineId, stage.rows(row));
    this.#sent.push(row.id);
    this.model.send(event);
  }

  async #wait(asked: readonly Asked[]): Promise<void> {
    this.#steps += 1;
    const name = `wait ${this.#steps} reaches back`;
    const events = asked.map((each, key) => ({
      key: String(key),
      event: `${each.name}.${this.#suffix}`,
      match: each.id === null ? {} : { id: each.id },
      ...(each.isPositive && { if: "event.data.n > 0" }),
      ...(each.reaches && { look_back_ms: HOUR_MS }),
    }));
    const mode = asked.length === 1 ? "event" : "all";
    const decided = outcome("continue", {
      steps: [step(name, "pending", { op: "wait", dueMs: HOUR_MS })],
      effects: [{ kind: "wait", stepId: stepIdOf(name), data: JSON.stringify({ mode, events }) }],
    });
    const item = commitItem(this.#run!, decided);
    const [result] = await commitOutcomes(stage.left, stage.engineId, [item]);
    expect(result!.state).toBe("applied");
    this.#run = { ...this.#run!, fence: item.nextFence };
    this.model.wait(name, asked);
  }

  async #match(isWhole: boolean): Promise<void> {
    const owed = await findEventObligations(stage.left, 0, 1_000);
    if (owed.length === 0) return;
    const { conditional } = await matchEvents(stage.left, owed);
    if (isWhole) for (const event of conditional) await matchConditions(stage.left, event, () => {});
  }

  async #askThePast(): Promise<void> {
    await lookBackWithConditions(stage.left, [this.#run!], LIMITS, () => {});
  }

  async #isAtRest(): Promise<boolean> {
    await this.#match(true);
    const { left } = await lookBack(stage.left, [this.#run!], LIMITS);
    if (left > 0) await this.#askThePast();
    return left === 0;
  }
}

test("events fill waits in the order of both, whenever they are held together", async () => {
  let played = 0;
  await fc.assert(
    fc.asyncProperty(sends, commands, async (before, sequence) => {
      played += 1;
      const pair = new Pair(String(played));
      await pair.play(before, sequence);
      const sorted = (filled: Map<string, unknown>) => Object.fromEntries([...filled].sort());
      expect(sorted(await pair.found())).toEqual(sorted(pair.model.taken));
      await stage.endAll();
    }),
    { numRuns: SEQUENCES, seed: SEED },
  );
});
