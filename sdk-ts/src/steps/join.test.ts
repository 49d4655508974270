// What parallel and race ask the engine for, turn by turn.
import type { InvokeRequest, MemoEntry, Op, Task } from "@durable/protocol/wire";
import { stepId } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { executeFunction } from "../execution/execute-function.ts";
import { createFunction } from "../function.ts";
import type { Step } from "./step.ts";

type Handler = (step: Step) => unknown;

async function turn(handler: Handler, memo: MemoEntry[] = [], task: Partial<Task> = {}, budgetMs = 60_000) {
  const request: InvokeRequest = {
    type: "invoke",
    app: "app",
    fn: "f",
    run: { id: "run-1", started_at: "2026-01-01T00:00:00.000Z" },
    task: { kind: "advance", fence: "f", ...task } as Task,
    input: { event: { id: "e", name: "start", data: null, time: "2026-01-01T00:00:00.000Z" } },
    memo,
    memo_next: null,
    attempts: {},
    budget: { ms: budgetMs, steps: 1 },
  };
  const fn = createFunction({ id: "f", trigger: { event: "start" }, handler: ({ step }) => handler(step) });
  const answer = await executeFunction(fn, request);
  return answer as unknown as {
    status: string;
    ops?: Op[];
    output?: { text: string };
    error?: Record<string, unknown>;
  };
}

const join = (name: string, n = 0) => stepId("", name, n);
const scopeOf = (name: string, key: string, n = 0) => stepId(join(name, n), key, 0);
const inBranch = (name: string, key: string, step: string) => stepId(scopeOf(name, key), step, 0);
const ok = (id: string, v: unknown, op = "run") => ({ id, op, st: "ok", v }) as MemoEntry;
const err = (id: string, message: string) =>
  ({ id, op: "run", st: "err", error: { name: "E", message } }) as MemoEntry;
const pending = (id: string, op = "run") => ({ id, op, st: "pending" }) as MemoEntry;
const run = (name: string) => (step: Step) => step.run(name, () => name);
const kinds = (answer: { ops?: Op[] }) => answer.ops?.map(({ op, name, scope }) => [op, name, scope]);

test("parallel runs all branches in one request, each in a scope of its own", async () => {
  const answer = await turn((step) => step.parallel([run("a"), run("a")]));
  expect(kinds(answer)).toEqual([
    ["run", "a", scopeOf("parallel", "0")],
    ["run", "a", scopeOf("parallel", "1")],
  ]);
  const memo = [ok(inBranch("parallel", "1", "a"), 2), ok(inBranch("parallel", "0", "a"), 1)];
  expect(await turn((step) => step.parallel([run("a"), run("a")]), memo)).toMatchObject({
    status: "done",
    output: { text: "[1,2]" },
  });
});

test("the budget keeps a run's next step from beginning, and not the one that a task is for", async () => {
  expect(await turn(run("a"), [], {}, 0)).toMatchObject({ status: "continue", ops: [], more: true });
  const task = await turn(run("a"), [], { kind: "step", step: join("a") }, 0);
  expect(task).toMatchObject({ status: "continue", ops: [{ name: "a", st: "ok" }] });
});

test("with fanOut it plans them, and the task of one runs nothing else", async () => {
  const ran: string[] = [];
  const body = (name: string) => (step: Step) =>
    step.run(name, () => {
      ran.push(name);
      return name;
    });
  const handler = (step: Step) =>
    step.parallel({ x: body("a"), y: body("b") }, { fanOut: true, name: "both" });
  expect(kinds(await turn(handler))).toEqual([
    ["plan", "a", scopeOf("both", "x")],
    ["plan", "b", scopeOf("both", "y")],
  ]);
  expect(ran).toEqual([]);
  const task = await turn(handler, [pending(inBranch("both", "y", "b"))], {
    kind: "step",
    step: inBranch("both", "x", "a"),
  });
  expect(task).toMatchObject({
    status: "continue",
    ops: [{ op: "run", id: inBranch("both", "x", "a"), scope: scopeOf("both", "x"), st: "ok" }],
  });
  expect(ran).toEqual(["a"]);
  const memo = [ok(inBranch("both", "y", "b"), "B"), ok(inBranch("both", "x", "a"), "A")];
  expect((await turn(handler, memo)).output?.text).toBe('{"x":"A","y":"B"}');
});

test("a task for a step that the code no longer reaches is step_not_found", async () => {
  const step = join("gone");
  expect(await turn((s) => s.run("other", () => 1), [], { kind: "step", step })).toMatchObject({
    status: "step_not_found",
  });
  expect(await turn(() => 1, [], { kind: "step", step })).toMatchObject({ status: "step_not_found" });
});

test("a race is decided by the order of the memo, and code goes on in the same turn", async () => {
  const handler = async (step: Step) => {
    const won = await step.race({
      card: run("charge"),
      late: async (s) => {
        await s.sleep("patience", "1h");
        return "too late";
      },
    });
    await step.run(`after ${won.branch}`, () => 1);
    return won;
  };
  expect(kinds(await turn(handler))).toEqual([
    ["plan", "charge", scopeOf("race", "card")],
    ["sleep", "patience", scopeOf("race", "late")],
  ]);
  const charge = inBranch("race", "card", "charge");
  const patience = inBranch("race", "late", "patience");
  const decided = await turn(handler, [ok(charge, "paid"), pending(patience, "sleep")]);
  expect(decided.ops).toMatchObject([
    { op: "join", id: join("race"), losers: [patience], v: ["card"] },
    { op: "run", name: "after card" },
  ]);
  // Replayed, with the loser's result in after the decision: the same way, and no second join.
  const memo = [ok(charge, "paid"), ok(patience, undefined, "sleep"), ok(join("race"), ["card"], "join")];
  expect(kinds(await turn(handler, memo))).toEqual([["run", "after card", undefined]]);
  // The other way round it would have ended otherwise.
  const other = [ok(patience, undefined, "sleep"), pending(charge)];
  expect((await turn(handler, other)).ops).toMatchObject([
    { op: "join", losers: [charge], v: ["late"] },
    { op: "run", name: "after late" },
  ]);
});

test("a race that is the last thing ends the run in the turn of its decision", async () => {
  const handler = (step: Step) => step.race([run("a"), run("b")]);
  const [a, b] = [inBranch("race", "0", "a"), inBranch("race", "1", "b")];
  expect(await turn(handler, [ok(b, "B"), pending(a)])).toMatchObject({
    status: "done",
    output: { text: '"B"' },
    ops: [{ op: "join", losers: [a] }],
  });
  expect(await turn(handler, [err(a, "no"), pending(b)])).toMatchObject({
    status: "error",
    error: { name: "E", message: "no", retry: false },
    ops: [{ op: "join", losers: [b] }],
  });
});

test("a branch that lost never goes on, and what it began in that turn is not reported", async () => {
  let wentOn = false;
  const handler = (step: Step) =>
    step.race([
      run("a"),
      async (s) => {
        await s.run("b", () => 1);
        void s.sleep("c", "1d");
        await s.run("d", () => 1);
        wentOn = true;
      },
    ]);
  const [a, b] = [inBranch("race", "0", "a"), inBranch("race", "1", "b")];
  const answer = await turn(handler, [ok(b, 1), ok(a, 1)]);
  expect(answer).toMatchObject({ status: "done", ops: [{ op: "join", losers: [] }] });
  expect(answer.ops).toHaveLength(1);
  const d = inBranch("race", "1", "d");
  await turn(handler, [ok(b, 1), ok(a, 1), ok(d, 1), ok(join("race"), ["0"], "join")]);
  expect(wentOn).toBe(false);
});

test("two of three: the first two that succeed, and a JoinError with all errors as soon as that cannot be", async () => {
  const handler = async (step: Step) => {
    try {
      return await step.parallel({ x: run("a"), y: run("b"), z: run("c") }, { join: 2, name: "quorum" });
    } catch (error) {
      const { name, message, errors } = error as AggregateError;
      return { name, message, errors: errors.map(({ message }) => message) };
    }
  };
  const [x, y, z] = [
    inBranch("quorum", "x", "a"),
    inBranch("quorum", "y", "b"),
    inBranch("quorum", "z", "c"),
  ];
  expect(await turn(handler, [ok(z, 3), pending(y), err(x, "no")])).toMatchObject({
    status: "continue",
    ops: [],
  });
  expect(await turn(handler, [ok(z, 3), ok(x, 1), pending(y)])).toMatchObject({
    status: "done",
    output: { text: '{"z":3,"x":1}' },
    ops: [{ op: "join", losers: [y], v: ["z", "x"] }],
  });
  const failed = await turn(handler, [err(z, "no z"), err(x, "no x"), pending(y)]);
  expect(failed).toMatchObject({ status: "done", ops: [{ op: "join", losers: [y], v: ["z", "x"] }] });
  expect(JSON.parse(failed.output!.text)).toEqual({
    name: "JoinError",
    message: 'Join "quorum" wants 2 of 3 branches, and only 1 can still succeed. x: E: no x; z: E: no z',
    errors: ["no x", "no z"],
  });
});

test("a JoinError that nobody catches fails the run for good: its steps had their attempts", async () => {
  const handler = (step: Step) => step.parallel([run("a"), run("b")], { join: "first" });
  const memo = [err(inBranch("parallel", "0", "a"), "no"), err(inBranch("parallel", "1", "b"), "no")];
  expect(await turn(handler, memo)).toMatchObject({
    status: "error",
    error: { name: "JoinError", retry: false, cause: { message: "no" } },
  });
});

test("Promise.any of which every step failed fails the run for good too, and names the first of them", async () => {
  const handler = (step: Step) => Promise.any([run("a")(step), run("b")(step)]);
  const [a, b] = [stepId("", "a", 0), stepId("", "b", 0)];
  expect(await turn(handler, [err(a, "no a"), err(b, "no b")])).toMatchObject({
    status: "error",
    error: { name: "AggregateError", retry: false, step: a },
  });
});

test("all: the first error ends it, as itself, and the others are cancelled", async () => {
  const handler = (step: Step) => step.parallel([run("a"), (s) => s.sleep("b", "1d")]);
  const [a, b] = [inBranch("parallel", "0", "a"), inBranch("parallel", "1", "b")];
  expect(await turn(handler, [pending(b, "sleep"), err(a, "no")])).toMatchObject({
    status: "error",
    error: { name: "E", message: "no" },
    ops: [{ op: "join", losers: [b], v: ["0"] }],
  });
});

test("promises of steps that were started already may race too, and their losers are cancelled", async () => {
  const handler = (step: Step) => step.race([step.run("a", () => 1), step.sleep("nap", "1d")]);
  expect(kinds(await turn(handler))).toEqual([
    ["sleep", "nap", undefined],
    ["run", "a", undefined],
  ]);
  const answer = await turn(handler, [ok(join("a"), 1), pending(join("nap"), "sleep")]);
  expect(answer).toMatchObject({ status: "done", ops: [{ op: "join", losers: [join("nap")] }] });
});

test("ids do not depend on the order in which branches get on, nor on joins within them", async () => {
  const branch = (step: Step) => step.parallel([run("inner"), run("inner")]);
  const ids = async (memo: MemoEntry[]) =>
    new Set((await turn((step) => step.parallel({ a: branch, b: branch }), memo)).ops?.map(({ id }) => id));
  const all = await ids([]);
  expect(all.size).toBe(4);
  for (const id of all) {
    const left = await ids([ok(id, 1)]);
    expect(left.size).toBe(3);
    expect(left.has(id)).toBe(false);
    for (const other of left) expect(all.has(other)).toBe(true);
  }
});

test("the handler's own step inside a branch stands in the handler", async () => {
  const answer = await turn((step) => step.parallel([() => step.run("mine", () => 1)]));
  expect(kinds(answer)).toEqual([["run", "mine", undefined]]);
});

test.each<[string, Handler, RegExp]>([
  ["a race of nobody", (step) => step.race([]), /Join "race": there is no branch/],
  ["more than there are", (step) => step.parallel([run("a")], { join: 2 }), /from 1 to 1, not 2/],
  ["none", (step) => step.parallel([run("a")], { join: 0 }), /from 1 to 1, not 0/],
  [
    "a generator as a branch, which would end at once and run nothing",
    (step) =>
      step.parallel({
        a: function* (branch: Step) {
          yield branch.run("a", () => 1);
        },
      }),
    /Join "parallel": its branch "a" is a generator \(function\*\)\. Steps are awaited, not yielded/,
  ],
  [
    "an async generator in a race",
    (step) =>
      step.race([
        async function* () {
          yield 1;
        },
      ]),
    /Join "race": its branch "0" is a generator/,
  ],
  [
    "what is no branch",
    (step) => step.race([7 as unknown as Promise<number>]),
    /its branch "0" is neither a function nor the promise of a step/,
  ],
  ["a join in a step", (step) => step.run("s", () => step.race([run("a")])), /Steps do not nest/],
])("is refused: %s", async (_, handler, sentence) => {
  const { error, ops } = await turn(handler);
  const op = ops?.[0] as { error?: { message: string } } | undefined;
  expect(error?.["message"] ?? op?.error?.message).toMatch(sentence);
});

test("parallel of nothing is nothing", async () => {
  expect((await turn((step) => step.parallel([]))).output?.text).toBe("[]");
});

test("a join that is none rejects, and throws nothing where it stands", async () => {
  for (const wrong of [(s: Step) => s.race({}), (s: Step) => s.parallel([run("a")], { join: 2 as number })]) {
    const answer = await turn((step) => wrong(step).catch((error: Error) => error.name));
    expect(answer).toMatchObject({ status: "done", output: { text: '"NonRetriableError"' } });
  }
});
