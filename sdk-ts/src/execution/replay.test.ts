// The model: a function is a program of steps; whatever the engine does between requests (answers lost, results in any
// order, steps that fail for good, a handler called a hundred times), the function comes to the end that its code says.
import type { InvokeRequest, MemoEntry, Op, RawJson, Task } from "@durable/protocol/wire";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { createFunction } from "../function.ts";
import type { Step } from "../steps/step.ts";
import { executeFunction } from "./execute-function.ts";
import { Trails } from "./trails.ts";

type Program =
  | { readonly do: "run" | "fail" | "sleep" | "send" | "wait" | "branch" | "own"; readonly name: string }
  | {
      readonly do: "both" | "each" | "either" | "race" | "first" | "all";
      readonly parts: readonly Program[];
      readonly name?: string;
    }
  | { readonly do: "if"; readonly name: string; readonly yes: Program; readonly no: Program };

const name = fc.constantFrom("a", "b", "c");
const LEAVES = ["run", "fail", "sleep", "send", "wait", "branch"] as const;
const programOf = (...leaves: readonly Program["do"][]) =>
  fc.letrec<{ program: Program }>((tie) => ({
    program: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.record({ do: fc.constantFrom(...leaves), name }) as fc.Arbitrary<Program>,
      fc.record({
        do: fc.constantFrom("both", "each", "either", "race", "first", "all"),
        parts: fc.array(tie("program"), { minLength: 1, maxLength: 3 }),
      }) as fc.Arbitrary<Program>,
      fc.record({
        do: fc.constant("if"),
        name,
        yes: tie("program"),
        no: tie("program"),
      }) as fc.Arbitrary<Program>,
    ),
  })).program;
const program = programOf(...LEAVES);
/** Rows of steps beside each other, with what is no step between them. */
const row = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("run" as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("own" as const), name }) },
  { weight: 2, arbitrary: programOf(...LEAVES, "own") },
);
const besideEachOther = fc
  .array(fc.array(row, { minLength: 2, maxLength: 4 }), { minLength: 2, maxLength: 3 })
  .map((rows): Program => ({ do: "both", parts: rows.map((parts) => ({ do: "each", parts })) }));

/** What the program computes; `note` hears of every body that runs, and may hold it up. */
async function play(program: Program, step: Step, note: (what: string) => unknown): Promise<unknown> {
  switch (program.do) {
    case "run":
      return step.run(program.name, async ({ idempotencyKey }) => {
        await note(idempotencyKey);
        return { of: program.name, at: new Date(0) };
      });
    case "fail":
      return step
        .run(program.name, () => {
          throw new TypeError(`no ${program.name}`);
        })
        .catch((error: Error) => `${error.name}: ${error.message}`);
    case "sleep":
      return step.sleep(program.name, "1d").then(() => "slept");
    case "send":
      return (await step.sendEvent(program.name, { name: "told" })).ids.length;
    case "wait":
      return (await step.waitForEvent(program.name, { event: "told" }))?.name ?? null;
    case "branch": {
      step.setState(program.name);
      const taken = await step.branch(program.name, {
        one: () => Math.random() < 0.5,
        two: async () => true,
      });
      return typeof taken;
    }
    case "own":
      // Something that is no step: over soon, or only after others.
      return soon(Math.floor(Math.random() * 4));
    case "both":
      return Promise.all(program.parts.map((part) => play(part, step, note)));
    case "each": {
      const results = [];
      for (const part of program.parts) results.push(await play(part, step, note));
      return results;
    }
    case "either":
      return Promise.race(program.parts.map((part) => play(part, step, note)));
    case "race":
    case "first":
    case "all": {
      const branches = program.parts.map((part) => (branch: Step) => play(part, branch, note));
      const { name } = program;
      if (program.do === "race") return step.race(branches, { name });
      return program.do === "all"
        ? step.parallel(branches, { name })
        : step.parallel(branches, { name, join: "first" });
    }
    case "if": {
      const even = (await step.run(program.name, () => program.name.charCodeAt(0))) % 2 === 0;
      return play(even ? program.yes : program.no, step, note);
    }
  }
}

async function soon(macrotasks: number): Promise<void> {
  for (let i = 0; i < macrotasks; i += 1) await new Promise(setImmediate);
}

/** No two steps by one name: what comes first must not depend on what is no step. */
function uniquely(program: Program, path = ""): Program {
  if ("parts" in program) {
    const parts = program.parts.map((part, index) => uniquely(part, `${path}.${index}`));
    return { ...program, name: `${program.do}${path}`, parts };
  }
  const named = { ...program, name: `${program.name}${path}` };
  if (named.do !== "if") return named;
  return { ...named, yes: uniquely(named.yes, `${path}.yes`), no: uniquely(named.no, `${path}.no`) };
}

function renamed(program: Program, name: string): Program {
  if ("parts" in program) return { ...program, parts: program.parts.map((part) => renamed(part, name)) };
  const now = program.name === name ? { ...program, name: `${name} now` } : program;
  return now.do === "if" ? { ...now, yes: renamed(now.yes, name), no: renamed(now.no, name) } : now;
}

/** An engine of twenty lines: keeps what answers say, and settles what is pending in an order of its own. */
class Engine {
  readonly memo: MemoEntry[] = [];
  readonly pending: Op[] = [];
  /** What lost a race: shown as pending for ever. */
  readonly cancelled: Op[] = [];
  readonly ran: string[] = [];
  readonly names = new Map<string, string>();
  program: Program;
  readonly #trails: Trails;
  readonly fn = createFunction({
    id: "model",
    trigger: { event: "start" },
    handler: async ({ step }) => ({ result: await play(this.program, step, (what) => this.#note(what)) }),
  });

  constructor(program: Program, patienceMs?: number) {
    this.program = program;
    this.#trails = new Trails(patienceMs);
  }

  /** Beside what is no step, bodies take their time: else no turn would wait for it. */
  async #note(what: string): Promise<void> {
    this.ran.push(what);
    if (has("own")(this.program)) await soon(Math.floor(Math.random() * 6));
  }

  call(
    memo: readonly MemoEntry[] = this.memo,
    pending: readonly Op[] = this.pending,
    task: Task = { kind: "advance", fence: "f" },
  ) {
    const open = [...pending, ...this.cancelled].map(
      ({ id, op }) => ({ id, op: op === "plan" ? "run" : op, st: "pending" }) as MemoEntry,
    );
    const request: InvokeRequest = {
      type: "invoke",
      app: "app",
      fn: "model",
      run: { id: "run-1", started_at: "2026-01-01T00:00:00.000Z" },
      task,
      input: { event: { id: "e", name: "start", data: null, time: "2026-01-01T00:00:00.000Z" } },
      memo: [...memo, ...open],
      memo_next: null,
      attempts: {},
      budget: { ms: 60_000, steps: 1 },
    };
    return executeFunction(this.fn, request, null, { trails: this.#trails });
  }

  take(op: Op): void {
    this.names.set(op.id, op.name);
    if (op.op === "run" && op.st === "ok") this.memo.push(entry(op, (op.v as RawJson | undefined)?.text));
    else if (op.op === "run" && op.st === "err")
      this.memo.push({ id: op.id, op: "run", st: "err", error: op.error });
    else if (op.op === "send")
      this.memo.push(entry(op, JSON.stringify(op.events.map((_, i) => `event-${i}`))));
    else if (op.op === "branch") {
      const { taken, cases } = op;
      this.memo.push(entry(op, JSON.stringify({ taken, cases })));
    } else if (op.op === "join") {
      this.memo.push(entry(op, JSON.stringify(op.v)));
      const lost = this.pending.filter(({ id }) => op.losers.includes(id));
      for (const loser of lost) this.cancelled.push(...this.pending.splice(this.pending.indexOf(loser), 1));
    } else if (op.op !== "state") this.pending.push(op);
  }

  async settle(index: number): Promise<void> {
    const [op] = this.pending.splice(index % this.pending.length, 1) as [Op];
    if (op.op === "plan") {
      const answer = await this.call(this.memo, this.pending, { kind: "step", step: op.id, fence: "f" });
      if (answer.status !== "continue" || answer.ops.length !== 1) throw new Error(JSON.stringify(answer));
      return this.take(answer.ops[0]!);
    }
    this.memo.push(
      entry(op, op.op === "wait" ? '{"id":"x","name":"told","data":null,"time":"t"}' : undefined),
    );
  }
}

function entry({ id, op }: Op, text: string | undefined): MemoEntry {
  return { id, op, st: "ok", ...(text === undefined ? {} : { v: JSON.parse(text) }) } as MemoEntry;
}

/** Calls until the end. `chance` decides what the world does between two calls. */
async function runToEnd(engine: Engine, chance: () => number): Promise<{ output: string; calls: number }> {
  for (let calls = 1; calls <= 500; calls += 1) {
    const answer = await engine.call();
    if (answer.status === "done") return { output: (answer.output as RawJson).text, calls };
    if (answer.status !== "continue") throw new Error(JSON.stringify(answer));
    if (answer.detour !== undefined) throw new Error(`A detour: ${JSON.stringify(answer.detour)}`);
    if (chance() < 0.2) continue; // the answer is lost
    // In any order, but for joins: what they cancel may be in the same answer.
    const ops = answer.ops.filter(({ op }) => op !== "join");
    while (ops.length > 0) engine.take(ops.splice(Math.floor(chance() * ops.length), 1)[0]!);
    for (const op of answer.ops) if (op.op === "join") engine.take(op);
    if (answer.ops.length === 0 && engine.pending.length === 0) throw new Error("The run stands still.");
    if (engine.pending.length > 0 && (answer.ops.length === 0 || chance() < 0.5)) {
      await engine.settle(Math.floor(chance() * 1_000));
    }
  }
  throw new Error("The run does not end.");
}

function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const partsOf = (program: Program): readonly Program[] =>
  "parts" in program ? program.parts : program.do === "if" ? [program.yes, program.no] : [];
const has =
  (...kinds: Program["do"][]) =>
  (program: Program): boolean =>
    kinds.includes(program.do) || partsOf(program).some(has(...kinds));
const hasRace = has("either", "race", "first");
/** Who wins such a race is chance, and no replay's business. */
const isDecidedByOwn = (program: Program): boolean =>
  (["either", "race", "first"].includes(program.do) && has("own")(program)) ||
  partsOf(program).some(isDecidedByOwn);
const hasJoin = has("race", "first", "all");

describe("whatever happens between requests", () => {
  test("a program without races computes the same", async () => {
    const property = fc.asyncProperty(program, fc.integer(), fc.integer(), async (program, one, other) => {
      fc.pre(!hasRace(program));
      const first = await runToEnd(new Engine(program), random(one));
      const second = await runToEnd(new Engine(program), random(other));
      expect(second.output).toBe(first.output);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("a memo that has grown begins every turn like a shorter one: no step outside of it, and the same end", async () => {
    const property = fc.asyncProperty(program, fc.integer(), async (program, seed) => {
      const engine = new Engine(program);
      const { output } = await runToEnd(engine, random(seed));
      const known = new Set([...engine.memo, ...engine.pending].map(({ id }) => id));
      for (let length = 0; length <= engine.memo.length; length += 1) {
        const later = engine.memo.slice(length);
        const open = [
          ...later.filter(({ op }) => op === "sleep" || op === "wait"),
          ...engine.pending,
        ] as Op[];
        const answer = await engine.call(engine.memo.slice(0, length), open);
        // What a loser began in the turn of the decision was never reported.
        if (answer.status !== "continue" || hasJoin(program)) continue;
        // Nor was a sleep or a wait that the turn of the end began: nobody was left to wait for it.
        const mayBeUnknown = hasRace(program) ? ["state", "sleep", "wait"] : ["state"];
        for (const { op, id } of answer.ops) if (!mayBeUnknown.includes(op)) expect(known).toContain(id);
      }
      const again = await engine.call();
      expect(again.status === "done" && (again.output as RawJson).text).toBe(output);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("no replay of a program seems to take another way, also where it awaits what is no step", async () => {
    const property = fc.asyncProperty(besideEachOther, fc.integer(), async (program, seed) => {
      fc.pre(!isDecidedByOwn(program));
      await runToEnd(new Engine(uniquely(program)), random(seed));
    });
    await fc.assert(property, { numRuns: 1_000 });
  });

  test("a program of which a recorded step is renamed is seen to take another way, or to end with a result left", async () => {
    const property = fc.asyncProperty(program, fc.integer(), async (program, seed) => {
      fc.pre(!hasRace(program));
      const chance = random(seed);
      const engine = new Engine(uniquely(program), 0);
      await runToEnd(engine, chance);
      const whole = engine.memo.splice(0);
      engine.memo.push(...whole.slice(0, Math.ceil(chance() * whole.length)));
      const { id } = engine.memo[Math.floor(chance() * engine.memo.length)]!;
      engine.program = renamed(engine.program, engine.names.get(id)!);
      fc.pre(engine.program !== program);
      const answer = await engine.call();
      if (answer.status === "done") expect(answer.unclaimed).toBeGreaterThan(0);
      else expect(answer).toMatchObject({ status: "continue", detour: { certain: true } });
    });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    await fc.assert(property, { numRuns: 300 }).finally(() => warn.mockRestore());
  });

  test("a body runs once for each answer that was lost, and once more", async () => {
    const engine = new Engine({
      do: "each",
      parts: [
        { do: "run", name: "a" },
        { do: "run", name: "a" },
      ],
    });
    const { calls } = await runToEnd(engine, random(7));
    expect(new Set(engine.ran).size).toBe(2);
    expect(engine.ran.length).toBe(calls - 1);
  });
});

test("code after a step that has no result yet never runs", async () => {
  let after = 0;
  const fn = createFunction({
    id: "f",
    trigger: { event: "start" },
    handler: async ({ step }) => {
      try {
        await step.sleep("rest", "1d");
      } finally {
        after += 1;
      }
    },
  });
  const engine = new Engine({ do: "sleep", name: "rest" });
  Object.assign(engine, { fn });
  const answer = await engine.call();
  expect(answer).toMatchObject({ status: "continue", ops: [{ op: "sleep", name: "rest" }] });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(after).toBe(0);
});

test("a handler that ends does not wait for a sleep or an event that nobody awaits", async () => {
  const fn = createFunction({
    id: "f",
    trigger: { event: "start" },
    handler: async ({ step }) => {
      const rest = step.sleep("rest", "30d");
      const wait = step.waitForEvent("news", { event: "news", timeout: "30d" });
      return Promise.any([Promise.resolve("first"), rest, wait]);
    },
  });
  const engine = new Engine({ do: "sleep", name: "rest" });
  Object.assign(engine, { fn });
  expect(await engine.call()).toMatchObject({
    status: "done",
    output: { text: '"first"' },
    unclaimed: 0,
  });
});

test("a result is what JSON makes of it, the first time as on every replay", async () => {
  const seen: unknown[] = [];
  const engine = new Engine({ do: "run", name: "a" });
  const fn = createFunction({
    id: "f",
    trigger: { event: "start" },
    handler: async ({ step }) => {
      const result = await step.run("a", () => ({ at: new Date(0), gone: undefined, list: [undefined, 1] }));
      seen.push(result);
      return result;
    },
  });
  Object.assign(engine, { fn });
  await runToEnd(engine, () => 0.9);
  await engine.call();
  expect(seen).toEqual(Array(2).fill({ at: "1970-01-01T00:00:00.000Z", list: [null, 1] }));
});

test("steps of one name are told apart by how often it came before", async () => {
  const engine = new Engine({
    do: "both",
    parts: [
      { do: "run", name: "a" },
      { do: "run", name: "a" },
    ],
  });
  const answer = await engine.call();
  expect(answer.status === "continue" && answer.ops.map(({ name, n }) => [name, n])).toEqual([
    ["a", 0],
    ["a", 1],
  ]);
});

test("a name that is recorded as another kind of step is nondeterminism, told with both kinds", async () => {
  const engine = new Engine({ do: "run", name: "a" });
  engine.take(
    (await new Engine({ do: "sleep", name: "a" }).call().then((a) => "ops" in a && a.ops?.[0])) as Op,
  );
  expect(await engine.call()).toMatchObject({
    status: "error",
    error: {
      code: "nondeterminism",
      retry: true,
      message: expect.stringMatching(
        /^Step "a" \(0\) is recorded as "sleep", and the code now asks for "run" under that name, at .*replay\.test\.ts:\d+:\d+\.$/,
      ),
      frame: expect.stringContaining("replay.test.ts"),
    },
  });
});
