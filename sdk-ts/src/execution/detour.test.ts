// What is noticed of a replay that takes another way, and what must not be taken for one.
import type { Answer, MemoEntry, Op, RawJson, Task } from "@durable/protocol/wire";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createFunction } from "../function.ts";
import type { Step } from "../steps/step.ts";
import { executeFunction } from "./execute-function.ts";
import { Trails } from "./trails.ts";

type Handler = (step: Step) => Promise<unknown>;

const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
beforeEach(() => void warn.mockClear());

/** Nothing that these programs await of their own takes as long, unless for ever. */
const PATIENCE_MS = 100;

/** A run whose answers are recorded at once; its sleeps end when told. */
class Run {
  trails: Trails | undefined = new Trails(PATIENCE_MS);
  readonly memo: MemoEntry[] = [];
  readonly sleeping: MemoEntry[] = [];

  async turn(handler: Handler, task: Task = { kind: "advance", fence: "f" }): Promise<Answer> {
    const fn = createFunction({ id: "f", handler: ({ step }) => handler(step) });
    const answer = await executeFunction(
      fn,
      {
        type: "invoke",
        app: "app",
        fn: "f",
        run: { id: "run-1", started_at: "2026-01-01T00:00:00.000Z" },
        task,
        input: { event: { id: "e", name: "start", data: null, time: "2026-01-01T00:00:00.000Z" } },
        memo: [...this.memo, ...this.sleeping],
        memo_next: null,
        attempts: {},
        budget: { ms: 60_000, steps: 1 },
      },
      null,
      { trails: this.trails },
    );
    for (const op of (answer as { ops?: Op[] }).ops ?? []) this.#record(op);
    return answer;
  }

  wake(): void {
    for (const { id, op } of this.sleeping.splice(0)) this.memo.push({ id, op, st: "ok" });
  }

  #record(op: Op): void {
    const { id } = op;
    if (op.op === "sleep") this.sleeping.push({ id, op: "sleep", st: "pending" });
    if (op.op === "run" && op.st === "ok") {
      const v = op.v as RawJson | undefined;
      this.memo.push({ id, op: "run", st: "ok", ...(v && { v: JSON.parse(v.text) }) });
    }
  }
}

const detourOf = (answer: Answer) => (answer.status === "continue" ? answer.detour : undefined);
const one = (step: Step, name: string) => step.run(name, () => name);
/** Something of the code's own, which is no step. */
const outside = () => new Promise(setImmediate);
const never = new Promise(() => {});

function signal() {
  let announce = () => {};
  const seen = new Promise<void>((resolve) => {
    announce = resolve;
  });
  return { announce: () => announce(), seen };
}

/** Two steps, and between turns the code is what the argument says. */
const twoSteps =
  (second: string): Handler =>
  async (step) => {
    await one(step, "first");
    await one(step, second);
    await step.sleep("rest", "1d");
  };

async function untilSleep(run: Run, handler: Handler): Promise<void> {
  while (run.sleeping.length === 0) await run.turn(handler);
  run.wake();
}

describe("a replay that takes another way", () => {
  test("is told with what it left out, what it began and where", async () => {
    const run = new Run();
    await untilSleep(run, twoSteps("charge"));
    const answer = await run.turn(twoSteps("refund"));
    expect(answer).toMatchObject({ status: "continue", ops: [{ op: "run", name: "refund" }] });
    const charge = run.memo[1]!.id;
    const [{ id: refund }] = (answer as unknown as { ops: [Op] }).ops;
    expect(detourOf(answer)).toEqual({
      left: charge,
      began: refund,
      frame: expect.stringMatching(/detour\.test\.ts:\d+:\d+\n/),
      certain: true,
    });
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^durable: run run-1 takes another way than the recorded one: step "charge" \(0\) is recorded and was not asked for, while step "refund" \(0\) was begun at \S+detour\.test\.ts:\d+:\d+\. /,
        ),
      ],
    ]);
  });

  test("is told of each step once on the console, and in each answer", async () => {
    const run = new Run();
    await untilSleep(run, twoSteps("charge"));
    await run.turn(twoSteps("refund"));
    const next: Handler = async (step) => {
      await one(step, "first");
      await one(step, "refund");
      await one(step, "third");
    };
    expect(detourOf(await run.turn(next))).toMatchObject({ certain: true });
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test("of which only chance decides is found, too", async () => {
    const run = new Run();
    const flip =
      (side: string): Handler =>
      (step) =>
        one(step, "first").then(() => one(step, side));
    await run.turn(flip("heads"));
    await run.turn(flip("heads"));
    const tails: Handler = (step) => flip("tails")(step).then(() => step.sleep("rest", "1d"));
    expect(detourOf(await run.turn(tails))).toMatchObject({ left: run.memo[1]!.id, certain: true });
  });

  test("in a process that has not seen the run before is named as one that may be", async () => {
    const run = new Run();
    await untilSleep(run, twoSteps("charge"));
    run.trails = new Trails(PATIENCE_MS);
    expect(detourOf(await run.turn(twoSteps("refund")))).toMatchObject({ certain: false });
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(/may be taking another way .* a step of kind "run"/),
    );
  });

  test("stays one that may be where it leaves out what came after the results of another process", async () => {
    const run = new Run();
    await run.turn(twoSteps("charge"));
    run.trails = new Trails(PATIENCE_MS);
    await untilSleep(run, twoSteps("charge"));
    expect(detourOf(await run.turn(twoSteps("refund")))).toMatchObject({ certain: false });
  });

  test("may be found where the code awaits something of its own between two steps", async () => {
    const run = new Run();
    const handler =
      (second: string): Handler =>
      async (step) => {
        await one(step, "first");
        await outside();
        await one(step, second);
        await step.sleep("rest", "1d");
      };
    await untilSleep(run, handler("charge"));
    expect(detourOf(await run.turn(handler("refund")))).toMatchObject({
      left: run.memo[1]!.id,
      certain: false,
    });
  });

  test("in a branch is found where its step is renamed", async () => {
    const run = new Run();
    const branches =
      (name: string): Handler =>
      (step) =>
        step.parallel([
          async (s) => {
            await one(s, name);
            await s.sleep("rest", "1d");
          },
          (s) => s.sleep("longer", "2d"),
        ]);
    await run.turn(branches("a"));
    expect(detourOf(await run.turn(branches("b")))).toMatchObject({ left: run.memo[0]!.id, certain: true });
  });
});

describe("no other way is", () => {
  /** One part goes on by itself, beside a sleep and a part that goes on by results. */
  const parts =
    (
      own: Promise<unknown>,
      onward: (step: Step) => Promise<unknown>,
      late: (step: Step) => unknown,
    ): Handler =>
    (step) =>
      Promise.all([step.sleep("long", "1d"), onward(step), own.then(() => late(step))]);

  test("a step that the code comes to after something of its own", async () => {
    const run = new Run();
    const gate = signal();
    const late = (step: Step) => step.run("late", gate.announce);
    await run.turn(parts(outside(), (step) => step.run("slow", () => gate.seen), late));
    expect(run.memo).toHaveLength(2);
    const onward = (step: Step) => one(step, "slow").then(() => one(step, "next"));
    const answer = await run.turn(parts(never, onward, late));
    expect(answer).toMatchObject({ status: "continue", ops: [{ name: "next" }] });
    expect(detourOf(answer)).toBeUndefined();
  });

  test("what such a step led to, though that came by its result", async () => {
    const run = new Run();
    const [gate, further] = [signal(), signal()];
    const late = (step: Step) =>
      step.run("late", gate.announce).then(() => step.run("after it", further.announce));
    await run.turn(parts(outside(), (step) => step.run("slow", () => gate.seen), late));
    const next = (step: Step) => one(step, "slow").then(() => step.run("next", () => further.seen));
    // This time it is there at once.
    await run.turn(parts(Promise.resolve(), next, late));
    expect(run.memo).toHaveLength(4);
    const onward = (step: Step) => next(step).then(() => one(step, "last"));
    const answer = await run.turn(parts(never, onward, late));
    expect(answer).toMatchObject({ status: "continue", ops: [{ name: "last" }] });
    expect(detourOf(answer)).toBeUndefined();
  });

  test("what was there at once before, as behind a cache, and takes a moment now", async () => {
    const run = new Run();
    const late = (step: Step) => one(step, "late");
    await run.turn(parts(Promise.resolve(), (step) => one(step, "slow"), late));
    expect(run.memo).toHaveLength(2);
    const onward = (step: Step) => one(step, "slow").then(() => one(step, "next"));
    const answer = await run.turn(parts(outside(), onward, late));
    expect(answer).toMatchObject({ status: "continue", ops: [{ name: "next" }] });
    expect(detourOf(answer)).toBeUndefined();
  });

  test("one that another process began, where this turn shows that the code goes on by itself", async () => {
    const run = new Run();
    const [gate, further] = [signal(), signal()];
    const late = (step: Step) => step.run("late", gate.announce);
    await run.turn(parts(outside(), (step) => step.run("slow", () => gate.seen), late));
    run.trails = new Trails(PATIENCE_MS);
    const onward = (step: Step) => one(step, "slow").then(() => step.run("next", () => further.seen));
    const answer = await run.turn(parts(outside(), onward, (step) => step.run("other", further.announce)));
    expect((answer as { ops: Op[] }).ops.map(({ name }) => name).toSorted()).toEqual(["next", "other"]);
    expect(detourOf(answer)).toBeUndefined();
  });

  test("a shorter way to the end: that is told with the end", async () => {
    const run = new Run();
    await untilSleep(run, twoSteps("charge"));
    const answer = await run.turn((step) => one(step, "first"));
    expect(answer).toMatchObject({ status: "done", unclaimed: 2 });
    expect(answer).not.toHaveProperty("detour");
  });

  test("a turn for one planned step", async () => {
    const run = new Run();
    await untilSleep(run, twoSteps("charge"));
    const task = { kind: "step", step: "5f2e8a0b3c4d5e6f708192a3b4c5d6e7", fence: "f" } as const;
    expect(await run.turn(twoSteps("refund"), task)).toMatchObject({ status: "step_not_found" });
  });
});

test("nobody watches where the app is not in development", async () => {
  const run = new Run();
  run.trails = undefined;
  await untilSleep(run, twoSteps("charge"));
  expect(await run.turn(twoSteps("refund"))).not.toHaveProperty("detour");
  expect(warn).not.toHaveBeenCalled();
});

describe("the step of the code around a branch or an item", () => {
  test.each<[string, Handler]>([
    [
      "a parallel",
      (step) => step.parallel([() => step.run("mine", () => 1), () => step.run("mine too", () => 2)]),
    ],
    ["a race", (step) => step.race({ x: () => step.run("mine", () => 1) })],
    ["a loop", (step) => step.forEach([1], () => step.run("mine", () => 1))],
    [
      "a join in a branch",
      (step) => step.race([() => step.parallel([(s) => s.run("a", () => 1)], { name: "mine" })]),
    ],
  ])("in %s is told once, with where", async (_, handler) => {
    const run = new Run();
    await run.turn(handler);
    await run.turn(handler);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toMatch(
      /^durable: run run-1: a function given to ".*" asks for step "mine" at .*detour\.test\.ts.* Take the parameter/s,
    );
  });

  test("is nobody's business where the branch asks its own, nor outside of dev", async () => {
    const own: Handler = (step) =>
      step.parallel([
        (s) => s.race([(t) => t.run("a", () => 1)]),
        step.run("b", () => 1),
        (s) => s.forEach([1], (_i, _n, t) => t.run("c", () => 1)),
      ]);
    const run = new Run();
    await run.turn(own);
    await run.turn(own);
    const silent = new Run();
    silent.trails = undefined;
    await silent.turn((step) => step.race([() => step.run("mine", () => 1)]));
    expect(warn).not.toHaveBeenCalled();
  });
});
