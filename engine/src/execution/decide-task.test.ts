import type { Answer, Op } from "@durable/protocol/wire";
import { RawJson } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { DEFAULT_RETRY } from "../domain/backoff.ts";
import type { FetchEnd } from "../endpoint/fetch-client.ts";
import type { JournalEntry } from "../store/journals.ts";
import { decide } from "./decide.ts";
import { decideFetchEnd } from "./decide-fetch.ts";
import { decideTask, decideTaskReply } from "./decide-task.ts";
import { Memo } from "./memo.ts";
import { idOf, journalEntry, situationWith, UNSETTLED } from "./situation.fixture.ts";
import type { Situation } from "./situation.ts";

const planned = (name: string, rest: Partial<JournalEntry> = {}) =>
  journalEntry(name, { ...UNSETTLED, taskKind: "step", ...rest });

const situation = (entries: JournalEntry[], taskStepId: string | null, rest: Partial<Situation> = {}) =>
  situationWith(Memo.of(entries, { taskStepId }), rest);

const ran = (name: string, rest: object = {}) =>
  ({ op: "run", id: idOf(name), name, n: 0, st: "ok", v: new RawJson("1"), ...rest }) as Op;
const continued = (...ops: Op[]) => ({ status: "continue", fence: "f", ops }) as Answer;
const failing = { st: "err", v: undefined, error: { name: "E", message: "no" } };

test("the memo of a task offers its own step to it, and shows it to nobody else", () => {
  const entries = [planned("a", { status: "retrying", attempt: 2, isHeldBack: true }), planned("b")];
  const own = Memo.of(entries, { taskStepId: idOf("a") });
  expect(own.toJson()).toBe(`[{"id":"${idOf("b")}","op":"run","st":"pending"}]`);
  expect(own.attemptsJson()).toBe(`{"${idOf("a")}":3}`);
  const run = Memo.of(entries);
  expect(JSON.parse(run.toJson()).map(({ st }: { st: string }) => st)).toEqual(["pending", "pending"]);
  expect(run.attemptsJson()).toBe("{}");
});

test("the first attempt of a task is not told: a number that is missing is 1", () => {
  const own = Memo.of([planned("a", { attempt: 0 })], { taskStepId: idOf("a") });
  expect(own.toJson()).toBe("[]");
  expect(own.attemptsJson()).toBe("{}");
});

test("its result settles the step; a failure is tried again, by the attempts of the step", () => {
  const step = planned("a", { attempt: 1 });
  const here = situation([step], step.stepId);
  expect(decideTask(here, step, continued(ran("a")))).toMatchObject({
    status: "ok",
    value: "1",
    attempt: 2,
    retryMs: null,
    record: { attempt: 2, outcome: "ok" },
  });
  expect(decideTask(here, step, continued(ran("a", failing)))).toMatchObject({
    status: "retrying",
    attempt: 2,
    retryMs: 2_000,
  });
  const last = planned("a", { attempt: 3 });
  expect(decideTask(situation([last], last.stepId), last, continued(ran("a", failing)))).toMatchObject({
    status: "err",
    attempt: 4,
    retryMs: null,
  });
});

const broken = {
  kind: "broken",
  reason: "reset",
  detail: "cut off",
  status: null,
  retryAfterMs: null,
  firstByteMs: null,
  sentMs: 0,
  receivedMs: 0,
} as const;

test("a dispatch without an answer is nobody's attempt", () => {
  const step = planned("a", { attempt: 1 });
  const reply = { kind: "unanswered", end: broken, isDown: false, times: {} as never } as const;
  const here = situation([step], step.stepId, { transportAttempt: 3 });
  expect(decideTaskReply(here, step, reply)).toMatchObject({
    status: "unanswered",
    attempt: 1,
    transportAttempt: 4,
    record: { attempt: 4, outcome: "transport" },
  });
});

test("the silence of a step is a failed attempt, by the policy it was planned with, unless the app is down", () => {
  const asked = { heartbeat_timeout_ms: 5_000, retry_policy: { ...DEFAULT_RETRY, max: 2, jitter: false } };
  const end = { ...broken, reason: "silent" } as const;
  const reply = { kind: "unanswered", end, isDown: false, times: {} as never } as const;
  const first = planned("a", { asked });
  const decided = decideTaskReply(situation([first], first.stepId), first, reply);
  expect(decided).toMatchObject({ status: "retrying", attempt: 1, record: { outcome: "failed" } });
  expect(JSON.parse(decided.failure!)).toMatchObject({ name: "HeartbeatTimeoutError" });
  expect(decided.failure).toContain("its heartbeatTimeout of 5000 ms");
  const last = planned("a", { asked, attempt: 1 });
  const here = situation([last], last.stepId);
  expect(decideTaskReply(here, last, reply)).toMatchObject({ status: "err", attempt: 2 });
  expect(decideTaskReply(here, last, { ...reply, isDown: true })).toMatchObject({
    status: "unanswered",
    attempt: 1,
  });
});

test("what a planned step asks for stays with its task", () => {
  const asked = { heartbeat_timeout_ms: 5_000, retry_policy: DEFAULT_RETRY };
  const op = { op: "plan", id: idOf("a"), name: "a", n: 0, ...asked } as Op;
  const [effect] = decide(situation([], null), continued(op)).effects;
  expect(JSON.parse(effect!.data)).toEqual({ kind: "step", request: JSON.stringify(asked) });
});

test("an advance that plans makes tasks, and one that reports a join cancels its losers", () => {
  const plan = { op: "plan", id: idOf("a"), name: "a", n: 0 } as Op;
  expect(decide(situation([], null), continued(plan))).toMatchObject({
    kind: "wait",
    steps: [{ op: "run", status: "pending", attempt: 0, dueMs: null }],
    effects: [{ kind: "task", stepId: idOf("a"), data: '{"kind":"step"}' }],
  });
  const join = {
    op: "join",
    id: idOf("race"),
    name: "race",
    n: 0,
    losers: [idOf("a")],
    v: new RawJson('["b"]'),
  } as Op;
  const here = situation([planned("a")], null);
  const outcome = decide(here, continued(join));
  expect(outcome).toMatchObject({
    kind: "continue",
    steps: [{ op: "join", status: "ok", value: '["b"]' }],
    effects: [{ kind: "cancel", stepId: idOf("a") }],
  });
  here.memo.apply(outcome);
  expect(here.memo.isAnythingPending).toBe(false);
  expect(here.memo.toJson()).toContain(`{"id":"${idOf("a")}","op":"run","st":"pending"}`);
});

test("a step that is planned again, or reported by a run while its task has it, is nondeterminism", () => {
  const here = situation([planned("a")], null);
  const plan = { op: "plan", id: idOf("a"), name: "a", n: 0 } as Op;
  for (const op of [plan, ran("a")]) {
    expect(decide(here, continued(op))).toMatchObject({
      kind: "paused",
      result: expect.stringContaining("NondeterminismError"),
    });
  }
});

test("a run whose only open step lost a race is stuck, and is told why", () => {
  const lost = planned("a", { status: "cancelled" });
  const outcome = decide(situation([lost], null), continued());
  expect(outcome.attempts[0]?.failure).toMatch(/a step that lost a race/);
});

test.each<[string, Partial<FetchEnd>, object]>([
  [
    "text",
    { kind: "response", status: 200, headers: {}, body: Buffer.from("é") } as never,
    { status: "ok", value: '{"status":200,"headers":{},"body":"é"}' },
  ],
  [
    "a NUL",
    { kind: "response", status: 200, headers: {}, body: Buffer.from([0]) } as never,
    { status: "ok", value: '{"status":200,"headers":{},"body":"AA==","base64":true}' },
  ],
  ["no answer", { kind: "failed", detail: "gone", isFinal: false }, { status: "retrying", retryMs: 1_000 }],
  [
    "what would end the same way",
    { kind: "failed", detail: "no", isFinal: true },
    { status: "err", retryMs: null },
  ],
  ["an engine that leaves", { kind: "given-up" }, { status: "unanswered", attempt: 0, retryMs: 1 }],
])("a fetch that ends with %s", (_, end, outcome) => {
  const step = planned("a", { op: "fetch" });
  const decided = decideFetchEnd(situation([step], step.stepId), step, {}, end as FetchEnd);
  expect(decided).toMatchObject(outcome);
});
