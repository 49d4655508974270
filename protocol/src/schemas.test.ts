import { describe, expect, test } from "vitest";
import type * as z from "zod";
import { readVectors } from "../test/read-vectors.ts";
import { answerSchema } from "./answer.ts";
import { clientEventSchema, sendRequestSchema } from "./event.ts";
import { eventNameProblem, SENT_EVENT_NAME } from "./event-name.ts";
import { failureSchema } from "./failure.ts";
import { manifestSchema } from "./inspect.ts";
import { engineRequestSchema } from "./invoke.ts";
import { parseJson } from "./json.ts";
import { MATCH_PATHS_MAX, RETRY_DELAY_MS_MAX, SLEEP_MS_MAX } from "./limits.ts";
import { memoEntrySchema } from "./memo.ts";
import { awaitedEventNameSchema } from "./names.ts";
import { opSchema } from "./ops/op.ts";
import { RAW_MEMBERS, RawJson } from "./raw-json.ts";
import { retryPolicySchema } from "./retry.ts";
import { stepId } from "./step-id.ts";
import { writeJson } from "./write-json.ts";

const step = { id: stepId("", "charge", 0), name: "charge", n: 0 };
const error = { name: "CardError", message: "declined" };
const policy = {
  max: 3,
  backoff: "linear",
  base_ms: 1,
  factor: 1,
  max_ms: RETRY_DELAY_MS_MAX,
  jitter: false,
};
const sleep = { op: "sleep", ...step };
const wait = { op: "wait", ...step, event: "paid" };

function firstIssue(schema: z.ZodType, value: unknown): string {
  const issue = schema.safeParse(value).error?.issues[0];
  return issue === undefined ? "accepted" : `/${issue.path.join("/")}`;
}

describe("an op", () => {
  const accepted: Record<string, unknown> = {
    "run with a value": { op: "run", ...step, st: "ok", v: { a: 1 }, ms: 0.5 },
    "run without a value: undefined": { op: "run", ...step, st: "ok" },
    "run with null": { op: "run", ...step, st: "ok", v: null },
    "run that failed, with its own policy": { op: "run", ...step, st: "err", error, retry_policy: policy },
    "plan, start, group, state": { op: "plan", ...step, scope: stepId("", "group", 0) },
    "join with losers": { op: "join", ...step, losers: [step.id], v: ["a"] },
    "sleep for no time": { ...sleep, ms: 0 },
    "sleep for 366 days": { ...sleep, ms: SLEEP_MS_MAX },
    "sleep until an instant": { ...sleep, until: "2026-10-21T09:00:00Z" },
    "wait with a match of every scalar": {
      ...wait,
      match: { a: "x", "b.c": 1, d: true, e: null },
      timeout_ms: 0,
    },
    "wait for an event of the engine": { ...wait, event: "durable.run.failed" },
    "member of a later version": { op: "signal", ...step, key: "k", novelty: 1 },
    "invoke of another app": { op: "invoke", ...step, fn: "ship", app: "depot", input: [1] },
    "send of two": { op: "send", ...step, events: [{ name: "a" }, { name: "b", data: null, id: "x" }] },
  };
  for (const [name, op] of Object.entries(accepted)) {
    test(`is accepted: ${name}`, () => expect(firstIssue(opSchema, op)).toBe("accepted"));
  }

  const refused: [string, unknown, string][] = [
    ["of an unknown kind", { op: "fork", ...step }, "/op"],
    ["run without an outcome", { op: "run", ...step }, "/st"],
    ["run of an unknown outcome", { op: "run", ...step, st: "maybe" }, "/st"],
    ["failed run without an error", { op: "run", ...step, st: "err" }, "/error"],
    ["id in upper case", { op: "plan", ...step, id: step.id.toUpperCase() }, "/id"],
    ["negative n", { op: "plan", ...step, n: -1 }, "/n"],
    ["n with a fraction", { op: "plan", ...step, n: 0.5 }, "/n"],
    ["empty name", { op: "plan", ...step, name: "" }, "/name"],
    ["name with a line end", { op: "plan", ...step, name: "a\nb" }, "/name"],
    ["join that names a loser by something else", { op: "join", ...step, losers: ["a"] }, "/losers/0"],
    ["sleep without an end", sleep, "/"],
    ["sleep with two ends", { ...sleep, ms: 1, until: "2026-10-21T09:00:00Z" }, "/"],
    ["sleep for more than 366 days", { ...sleep, ms: SLEEP_MS_MAX + 1 }, "/ms"],
    ["sleep for part of a millisecond", { ...sleep, ms: 0.5 }, "/ms"],
    ["sleep until a duration", { ...sleep, until: "2d" }, "/until"],
    ["sleep until an instant with an offset", { ...sleep, until: "2026-10-21T09:00:00+02:00" }, "/until"],
    ["wait for a pattern", { ...wait, event: "paid.*" }, "/event"],
    ["wait matching an object", { ...wait, match: { a: {} } }, "/match/a"],
    [
      "wait with too many paths",
      {
        ...wait,
        match: Object.fromEntries(Array.from({ length: MATCH_PATHS_MAX + 1 }, (_, i) => [`p${i}`, i])),
      },
      "/match",
    ],
    ["send of nothing", { op: "send", ...step, events: [] }, "/events"],
    ["send of an engine's event", { op: "send", ...step, events: [{ name: "durable.x" }] }, "/events/0/name"],
    [
      "policy with a delay of a month",
      { op: "run", ...step, st: "err", error, retry_policy: { ...policy, base_ms: 3e9 } },
      "/retry_policy/base_ms",
    ],
  ];
  for (const [name, op, place] of refused) {
    test(`is refused: ${name}`, () => expect(firstIssue(opSchema, op)).toBe(place));
  }
});

test("an answer is one of a closed list and carries the fence", () => {
  const fence = "f";
  for (const answer of [
    { status: "continue", fence, ops: [], more: true },
    { status: "done", fence },
    { status: "error", fence, error },
    { status: "step_not_found", fence },
    { status: "abandoned", fence },
    { status: "need_memo", fence, app_ms: 1.25, manifest: `sha256:${"0".repeat(64)}` },
    { status: "restart", fence, input: 1 },
  ]) {
    expect(firstIssue(answerSchema, answer)).toBe("accepted");
    expect(firstIssue(answerSchema, { ...answer, fence: undefined })).toBe("/fence");
    expect(firstIssue(answerSchema, { ...answer, fence: "" })).toBe("/fence");
  }
  expect(firstIssue(answerSchema, { status: "finished", fence })).toBe("/status");
  expect(firstIssue(answerSchema, { status: "continue", fence })).toBe("/ops");
  expect(firstIssue(answerSchema, { status: "done", fence, manifest: "sha256:x" })).toBe("/manifest");
  expect(firstIssue(answerSchema, [])).toBe("/");
  expect(firstIssue(answerSchema, null)).toBe("/");
});

test("users' values pass through an answer as the text received, other members are read", () => {
  const text = `{"status":"continue","fence":"f","ops":[{"op":"run","id":"${step.id}","name":"charge","n":0,"st":"ok","v":{"b":1.0,"a":9007199254740993}}]}`;
  const answer = answerSchema.parse(parseJson(text, { raw: RAW_MEMBERS }));
  const [op] = answer.status === "continue" ? answer.ops : [];
  expect(op).toMatchObject({ op: "run", n: 0, v: new RawJson('{"b":1.0,"a":9007199254740993}') });
  expect(JSON.parse(writeJson(answer))).toEqual(JSON.parse(text));
  expect(writeJson(answer)).toContain('"v":{"b":1.0,"a":9007199254740993}');
});

test("a failure is never refused for its length, and causes nest", () => {
  expect(
    firstIssue(failureSchema, { name: "", message: "x".repeat(100_000), cause: { ...error, cause: error } }),
  ).toBe("accepted");
  expect(firstIssue(failureSchema, { ...error, retry_after_ms: null, retry: false })).toBe("accepted");
  expect(firstIssue(failureSchema, { ...error, cause: { name: 1 } })).toBe("/cause/name");
  expect(firstIssue(failureSchema, { message: "x" })).toBe("/name");
});

const EVENT_NAMES = readVectors<string, "ok" | "awaited only" | "refused">("event-name.json");

test.each(EVENT_NAMES)("event name: $name", ({ input, expected }) => {
  const sent = expected === "ok" ? "accepted" : "/name";
  expect(firstIssue(clientEventSchema, { name: input })).toBe(sent);
  expect(firstIssue(clientEventSchema, { name: `${input}\n` })).toBe("/name");
  expect(SENT_EVENT_NAME.test(input)).toBe(expected === "ok");
  expect(eventNameProblem(input) === null).toBe(expected === "ok");
  expect(awaitedEventNameSchema.safeParse(input).success).toBe(expected !== "refused");
});

test("an event's name is text", () => {
  for (const name of [7, null, undefined]) expect(firstIssue(clientEventSchema, { name })).toBe("/name");
});

test("a send is one event or several, ours or CloudEvents", () => {
  const cloudEvent = {
    specversion: "1.0",
    id: "1",
    source: "/depot",
    type: "a",
    time: "2026-10-21T11:00:00+02:00",
  };
  for (const body of [{ name: "a" }, [{ name: "a" }], cloudEvent, [cloudEvent, { name: "b" }]]) {
    expect(firstIssue(sendRequestSchema, body)).toBe("accepted");
  }
  for (const body of [[], {}, [[]], null, [{ name: "a" }, {}], { ...cloudEvent, specversion: "0.3" }]) {
    expect(firstIssue(sendRequestSchema, body)).not.toBe("accepted");
  }
});

test("a memo entry is settled with a value, settled with an error, or pending", () => {
  const entry = { id: step.id, op: "run" };
  const ref = { id: "blob_7", bytes: 913_220, sha256: "a".repeat(64) };
  for (const rest of [
    { st: "ok" },
    { st: "ok", v: 1 },
    { st: "ok", ref },
    { st: "err", error },
    { st: "pending" },
  ]) {
    expect(firstIssue(memoEntrySchema, { ...entry, ...rest })).toBe("accepted");
  }
  expect(firstIssue(memoEntrySchema, { ...entry, st: "err" })).toBe("/error");
  expect(firstIssue(memoEntrySchema, { ...entry, st: "late" })).toBe("/st");
  expect(firstIssue(memoEntrySchema, { ...entry, st: "ok", ref: { ...ref, sha256: "A" } })).toBe(
    "/ref/sha256",
  );
});

test("a request is inspect or invoke", () => {
  const event = { id: "e", name: "order.placed", data: null, time: "2026-10-21T08:59:59Z" };
  const invoke = {
    type: "invoke",
    app: "shop",
    fn: "checkout",
    run: { id: "r", started_at: "2026-10-21T09:00:00.000Z" },
    task: { kind: "advance", fence: "f" },
    input: { event },
    memo: [],
    memo_next: null,
    attempts: { [step.id]: 2 },
    budget: { ms: 25_000, steps: 1 },
  };
  expect(firstIssue(engineRequestSchema, { type: "inspect", app: "shop" })).toBe("accepted");
  expect(firstIssue(engineRequestSchema, invoke)).toBe("accepted");
  expect(firstIssue(engineRequestSchema, { ...invoke, task: { kind: "step", fence: "f" } })).toBe(
    "/task/step",
  );
  expect(firstIssue(engineRequestSchema, { ...invoke, attempts: { [step.id]: 1 } })).toBe(
    `/attempts/${step.id}`,
  );
  expect(firstIssue(engineRequestSchema, { ...invoke, attempts: { charge: 2 } })).toBe("/attempts/charge");
  expect(firstIssue(engineRequestSchema, { type: "sync", app: "shop" })).toBe("/type");
});

describe("a manifest", () => {
  const fn = { id: "checkout", triggers: [{ event: "order.*", if: "event.data.total > 10" }] };
  const manifest = {
    protocol: { min: 1, max: 1 },
    app: "shop",
    sdk: "durable-php/0.1.0",
    capabilities: ["unclaimed", "of a later version"],
    max_duration_ms: 30_000,
    manifest: `sha256:${"0".repeat(64)}`,
    functions: [fn],
  };
  const withFunction = (members: object): unknown => ({ ...manifest, functions: [{ ...fn, ...members }] });

  test("is accepted with an order and schemas of any kind", () => {
    expect(firstIssue(manifestSchema, manifest)).toBe("accepted");
    const fairness = { key: "tenantId", weight: { cel: "event.data.weight" } };
    const input = { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object" };
    const read = manifestSchema.parse(
      withFunction({ fairness, priority: 5, input, output: true, retry: policy }),
    );
    expect(read.functions[0]).toMatchObject({ fairness, priority: 5, input, output: true, retry: policy });
  });

  test("refuses an order that could not be kept", () => {
    for (const members of [
      { priority: 601 },
      { priority: 0.5 },
      { priority: {} },
      { fairness: { weight: 2 } },
      { fairness: { key: "tenantId", weight: 0 } },
      { fairness: { key: "tenantId", weight: 101 } },
    ])
      expect(firstIssue(manifestSchema, withFunction(members))).not.toBe("accepted");
  });

  test("says what its gates count to, and for what", () => {
    const concurrency = [
      { limit: 2, key: "tenantId" },
      { limit: 9, key: { cel: "event.data.plan" }, unit: "run" },
    ];
    const throttle = {
      limit: 10,
      period_ms: 60_000,
      burst: 3,
      name: "mail",
      units: { cel: "event.data.size" },
    };
    expect(firstIssue(manifestSchema, withFunction({ concurrency, throttle }))).toBe("accepted");
    for (const wrong of [
      0,
      { limit: 0 },
      { limit: 1.5 },
      { limit: 1, unit: "job" },
      [],
      Array(5).fill({ limit: 1 }),
    ]) {
      expect(firstIssue(manifestSchema, withFunction({ concurrency: wrong }))).toContain(
        "/functions/0/concurrency",
      );
    }
    expect(firstIssue(manifestSchema, withFunction({ throttle: { limit: 1 } }))).toContain(
      "/functions/0/throttle",
    );
  });

  test("says what its shapes make of an event", () => {
    const shapes = {
      idempotency: { key: "order", period_ms: 1 },
      debounce: { period_ms: 10, max_wait_ms: 10, key: { cel: "event.data.a" } },
      batch: { max_size: 2, max_wait_ms: 1, max_bytes: 1 },
      rate_limit: { limit: 10_000, period_ms: 1, on_limit: "delay" },
      singleton: { mode: "queue" },
    };
    expect(firstIssue(manifestSchema, withFunction(shapes))).toBe("accepted");
    expect(
      firstIssue(manifestSchema, withFunction({ rate_limit: { limit: 10_001, period_ms: 1, burst: 1 } })),
    ).toBe("accepted");
    const wrong: [object, string][] = [
      [{ idempotency: { period_ms: 1 } }, "/idempotency/key"],
      [{ debounce: { period_ms: 10, max_wait_ms: 9 } }, "/debounce/max_wait_ms"],
      [{ batch: { max_size: 1, max_wait_ms: 1 } }, "/batch/max_size"],
      [{ batch: shapes.batch, debounce: { period_ms: 1, edge: "leading" } }, "/debounce/edge"],
      [{ rate_limit: { limit: 10_001, period_ms: 1 } }, "/rate_limit/limit"],
      [{ singleton: {} }, "/singleton/mode"],
    ];
    for (const [limits, pointer] of wrong)
      expect(firstIssue(manifestSchema, withFunction(limits))).toContain(pointer);
  });

  test("has triggers on events or on a clock, each on one of them", () => {
    expect(
      firstIssue(manifestSchema, withFunction({ triggers: [{ cron: "0 * * * *", tz: "Europe/Zurich" }] })),
    ).toBe("accepted");
    expect(firstIssue(manifestSchema, withFunction({ triggers: [] }))).toBe("accepted");
    const rules = { jitter_ms: 3_600_000, catch_up: "none", overlap: "cancel", if: "true", data: null };
    expect(firstIssue(manifestSchema, withFunction({ triggers: [{ cron: "* * * * *", ...rules }] }))).toBe(
      "accepted",
    );
    for (const wrong of [{ jitter_ms: 3_600_001 }, { catch_up: "some" }, { overlap: true }]) {
      const triggers = [{ cron: "* * * * *", ...wrong }];
      expect(firstIssue(manifestSchema, withFunction({ triggers }))).toBe("/functions/0/triggers/0");
    }
    for (const trigger of [{}, { event: "a", cron: "0 * * * *" }, { event: "" }, { cron: 5 }, "a"]) {
      expect(firstIssue(manifestSchema, withFunction({ triggers: [trigger] }))).toBe(
        "/functions/0/triggers/0",
      );
    }
    const triggers = Array.from({ length: 11 }, () => ({ event: "a" }));
    expect(firstIssue(manifestSchema, withFunction({ triggers }))).toBe("/functions/0/triggers");
  });

  test("is refused with two functions of one id, names that fit no URL, or a range the wrong way round", () => {
    expect(firstIssue(manifestSchema, { ...manifest, functions: [fn, fn] })).toBe("/functions");
    expect(firstIssue(manifestSchema, withFunction({ id: "a/b" }))).toBe("/functions/0/id");
    expect(firstIssue(manifestSchema, withFunction({ id: ".." }))).toBe("/functions/0/id");
    expect(firstIssue(manifestSchema, { ...manifest, protocol: { min: 2, max: 1 } })).toBe("/protocol");
  });
});

test("a retry policy stays within 1 ms and 24 h", () => {
  expect(firstIssue(retryPolicySchema, policy)).toBe("accepted");
  for (const [member, value] of [
    ["max", 0],
    ["max", 1.5],
    ["base_ms", 0],
    ["base_ms", RETRY_DELAY_MS_MAX + 1],
    ["max_ms", 0.5],
    ["factor", 0.9],
    ["backoff", "quadratic"],
    ["jitter", 1],
  ] as const) {
    expect(firstIssue(retryPolicySchema, { ...policy, [member]: value })).toBe(`/${member}`);
  }
});
