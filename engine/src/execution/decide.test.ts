import type { Answer } from "@durable/protocol/wire";
import { RawJson } from "@durable/protocol/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JournalEntry } from "../store/journals.ts";
import { decide } from "./decide.ts";
import { Memo } from "./memo.ts";
import { idOf, journalEntry, situationWith } from "./situation.fixture.ts";
import type { Situation } from "./situation.ts";

const situation = (entries: JournalEntry[] = [], rest: Partial<Situation> = {}) =>
  situationWith(Memo.of(entries), rest);

const run = (name: string, rest: object = {}) => ({
  op: "run",
  id: idOf(name),
  name,
  n: 0,
  st: "ok",
  v: new RawJson("1"),
  ...rest,
});
const continued = (...ops: object[]) => ({ status: "continue", fence: "f", ops }) as unknown as Answer;

test("a step that ran settles its entry and the run goes on", () => {
  const outcome = decide(situation(), continued(run("a")));
  expect(outcome).toMatchObject({
    kind: "continue",
    steps: [{ id: idOf("a"), status: "ok", value: "1", attempt: 1 }],
  });
  expect(outcome.attempts).toEqual([]);
});

test("a failed step is tried again after its policy's delay, then settles as an error user code can catch", () => {
  const failed = continued(run("a", { st: "err", v: undefined, error: { name: "E", message: "m" } }));
  const first = decide(situation(), failed);
  expect(first).toMatchObject({ kind: "wait", steps: [{ status: "retrying", attempt: 1, dueMs: 1000 }] });
  const last = decide(situation([journalEntry("a", { seq: null, status: "retrying", attempt: 3 })]), failed);
  expect(last).toMatchObject({ kind: "continue", steps: [{ status: "err", attempt: 4, dueMs: null }] });
});

test("a non-retriable failure settles at once; retry_after takes the place of the delay", () => {
  const fatal = run("a", { st: "err", v: undefined, error: { name: "E", message: "m", retry: false } });
  expect(decide(situation(), continued(fatal))).toMatchObject({
    kind: "continue",
    steps: [{ status: "err" }],
  });
  const later = run("a", { st: "err", v: undefined, error: { name: "E", message: "m", retry_after_ms: 77 } });
  expect(decide(situation(), continued(later))).toMatchObject({ kind: "wait", steps: [{ dueMs: 77 }] });
});

test("one step of a turn may settle while another is retried: the run goes on with what it has", () => {
  const outcome = decide(
    situation(),
    continued(run("a"), run("b", { st: "err", v: undefined, error: { name: "E", message: "m" } })),
  );
  expect(outcome.kind).toBe("continue");
  expect(outcome.steps.map((step) => step.status)).toEqual(["ok", "retrying"]);
});

test("a sleep and a wait let go; a wait without a timeout still has an end", () => {
  const sleep = decide(situation(), continued({ op: "sleep", id: idOf("s"), name: "s", n: 0, ms: 5 }));
  expect(sleep).toMatchObject({ kind: "wait", steps: [{ op: "sleep", status: "pending", dueMs: 5 }] });
  const wait = decide(
    situation(),
    continued({ op: "wait", id: idOf("w"), name: "w", n: 0, event: "e", match: { a: 1 } }),
  );
  expect(wait).toMatchObject({
    kind: "wait",
    effects: [{ kind: "wait", data: '{"mode":"event","events":[{"key":"","event":"e","match":{"a":1}}]}' }],
  });
  expect(wait.steps[0]!.dueMs).toBeGreaterThan(0);
});

test("an answer that asks for nothing is stuck unless something is pending", () => {
  expect(decide(situation(), continued())).toMatchObject({ kind: "wait", runAttempt: 1, retryMs: 1000 });
  expect(decide(situation([], { runAttempt: 3 }), continued()).kind).toBe("failed");
  expect(
    decide(situation([journalEntry("w", { seq: null, op: "wait", status: "pending" })]), continued()),
  ).toMatchObject({ kind: "wait", runAttempt: 0, retryMs: null });
});

test("an app whose time was up is called again at once, unless it got nowhere", () => {
  const more = (...ops: object[]) => ({ ...continued(...ops), more: true }) as Answer;
  expect(decide(situation(), more({ op: "sleep", id: idOf("s"), name: "s", n: 0, ms: 5 })).kind).toBe(
    "requeue",
  );
  expect(decide(situation(), more())).toMatchObject({ kind: "wait", runAttempt: 1, retryMs: 1000 });
});

test("a settled step reported again, or a pending one as something else, pauses the run and changes nothing", () => {
  for (const memo of [
    [journalEntry("a")],
    [journalEntry("a", { seq: null, op: "sleep", status: "pending" })],
  ]) {
    const outcome = decide(situation(memo), continued(run("b"), run("a")));
    expect(outcome.kind).toBe("paused");
    expect(outcome.steps).toEqual([]);
    expect(outcome.result).toMatch(
      /Step \\"a\\" \(0\) (was reported again.*recorded as|is pending as \\"sleep\\", and the code now asks for).*resume/,
    );
  }
});

test("an error of the function itself is retried, then fails the run; nondeterminism pauses it", () => {
  const error = (rest: object) =>
    ({ status: "error", fence: "f", error: { name: "T", message: "m", ...rest } }) as Answer;
  expect(decide(situation(), error({}))).toMatchObject({ kind: "wait", retryMs: 1000, runAttempt: 1 });
  expect(decide(situation([], { runAttempt: 3 }), error({})).kind).toBe("failed");
  expect(decide(situation(), error({ retry: false })).kind).toBe("failed");
  expect(decide(situation(), error({ code: "nondeterminism" })).kind).toBe("paused");
});

test("whatever is decided, a run that lets go without an end has something that wakes it", () => {
  const op = fc.oneof(
    fc.constantFrom("a", "b", "c").map((name) => run(name)),
    fc
      .constantFrom("d", "e")
      .map((name) => run(name, { st: "err", v: undefined, error: { name: "E", message: "m" } })),
    fc.constantFrom("s", "t").map((name) => ({ op: "sleep", id: idOf(name), name, n: 0, ms: 1 })),
    fc.constantFrom("w", "x").map((name) => ({ op: "wait", id: idOf(name), name, n: 0, event: "e" })),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(op, { selector: (each) => each.id, maxLength: 6 }),
      fc.boolean(),
      (ops, pending) => {
        const memo = pending ? [journalEntry("p", { seq: null, op: "wait", status: "pending" })] : [];
        const outcome = decide(situation(memo), continued(...ops));
        if (outcome.kind !== "wait") return;
        const wakes =
          outcome.retryMs !== null ||
          pending ||
          outcome.steps.some((step) => step.dueMs !== null || step.dueAtEpochMs !== null);
        expect(wakes).toBe(true);
      },
    ),
  );
});

test("a branch settles with what it took and what it could have taken", () => {
  const branch = {
    op: "branch",
    id: idOf("size"),
    name: "size",
    n: 0,
    taken: "big",
    cases: ["big", "small"],
  };
  expect(decide(situation(), continued(branch))).toMatchObject({
    kind: "continue",
    steps: [{ op: "branch", status: "ok", value: '{"taken":"big","cases":["big","small"]}' }],
  });
  const changed = decide(situation([journalEntry("size", { op: "branch" })]), continued(branch));
  expect(changed.kind).toBe("paused");
});

test("a state is an effect without an entry, dropped when the run has said it before, and no progress", () => {
  const state = { op: "state", id: idOf("s"), name: "s", n: 0, v: new RawJson('{"done":1}') };
  const said = { kind: "state", stepId: null, data: '{"done":1}' };
  expect(decide(situation(), continued(run("a"), state))).toMatchObject({
    kind: "continue",
    steps: [{ id: idOf("a") }],
    effects: [said],
  });
  const known = situation([], { state: '{"done":1}' });
  expect(decide(known, continued(run("a"), state)).effects).toEqual([]);
  expect(
    decide(situation(), { status: "done", fence: "f", ops: [state] } as unknown as Answer),
  ).toMatchObject({
    kind: "completed",
    effects: [said],
  });
  const failing = { status: "error", fence: "f", error: { name: "E", message: "m" }, ops: [state] };
  expect(decide(situation(), failing as unknown as Answer).effects).toEqual([said]);
  expect(decide(situation(), continued(state)).attempts[0]!.failure).toMatch(/Stuck/);
});

const ask = (rest: object = {}) => ({
  op: "input",
  id: idOf("ask"),
  name: "ask",
  n: 0,
  kind: "input",
  ...rest,
});

test("an input waits for a person, for a year at most, and escalates only to somebody", () => {
  const options = { assignee: "ann", remind_after_ms: 5, escalate_after_ms: 9 };
  const { steps, effects, kind } = decide(
    situation(),
    continued(ask({ ...options, schema: { type: "string" } })),
  );
  expect({ kind, steps, effects: effects.length }).toMatchObject({
    kind: "wait",
    steps: [{ op: "input", status: "pending", dueMs: 366 * 86_400_000 }],
    effects: 1,
  });
  expect(effects[0]).toMatchObject({ kind: "input", stepId: idOf("ask") });
  const { id: _, ...data } = JSON.parse(effects[0]!.data);
  expect(data).toEqual({ kind: "input", assignee: "ann", remind_after_ms: 5, schema: '{"type":"string"}' });
  const escalating = decide(situation(), continued(ask({ ...options, escalate_to: "bob", timeout_ms: 20 })));
  expect(escalating.steps[0]!.dueMs).toBe(20);
  expect(JSON.parse(escalating.effects[0]!.data)).toMatchObject({ escalate_after_ms: 9, escalate_to: "bob" });
});

test.each([
  [{ type: "nonsense" }, /must be equal to one of the allowed values/],
  ["string", /a JSON Schema is an object or a boolean/],
  [{ description: "x".repeat(70_000) }, /it is longer than 64 KiB of JSON/],
])("an input whose schema is none fails at once, and asks nobody", (schema, sentence) => {
  const { steps, effects, kind } = decide(situation(), continued(ask({ schema })));
  expect({ kind, effects }).toEqual({ kind: "continue", effects: [] });
  expect(steps[0]).toMatchObject({ op: "input", status: "err" });
  expect(JSON.parse(steps[0]!.failure!)).toMatchObject({
    name: "SchemaError",
    message: expect.stringMatching(sentence),
    retry: false,
  });
});

test("a value that is too large pauses the run with what else came, whatever the policy allows", () => {
  const error = {
    name: "ValueTooLargeError",
    message: 'Step "a" returned more than 4 MiB.',
    code: "value-too-large",
  };
  const ofStep = decide(situation(), continued(run("b"), run("a", { st: "err", v: undefined, error })));
  expect(ofStep).toMatchObject({
    kind: "paused",
    steps: [
      { id: idOf("b"), status: "ok" },
      { id: idOf("a"), status: "retrying", attempt: 1 },
    ],
    attempts: [{ stepId: idOf("a"), outcome: "failed" }],
  });
  expect(ofStep.result).toMatch(
    /paused: Step .*returned more than 4 MiB\. Deploy.*then resume: step .*a.* runs again/,
  );
  const ofFunction = decide(situation(), { status: "error", fence: "f", error, ops: [run("b")] } as Answer);
  expect(ofFunction).toMatchObject({ kind: "paused", steps: [{ id: idOf("b"), status: "ok" }] });
  expect(ofFunction.result).toMatch(/"name":"ValueTooLargeError".*paused: .*all recorded results are kept/);
});

test("a step that needs a person is waited for, also when the function fails or returns beside it", () => {
  const large = { name: "ValueTooLargeError", message: "large.", code: "value-too-large" };
  const error = { name: "E", message: "m", retry: false };
  const ops = [run("a", { st: "err", v: undefined, error: large })];
  for (const end of [
    { status: "error", error },
    { status: "done", output: new RawJson("1") },
  ]) {
    const outcome = decide(situation(), { ...end, fence: "f", ops } as unknown as Answer);
    expect(outcome).toMatchObject({ kind: "paused", steps: [{ id: idOf("a"), status: "retrying" }] });
    expect(outcome.result).toMatch(/"name":"ValueTooLargeError"/);
  }
});
