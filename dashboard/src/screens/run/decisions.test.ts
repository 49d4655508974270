import { expect, test } from "vitest";
import { span } from "../../trace/span.fixture.ts";
import { lateResults, limitsPassed } from "./decisions.ts";
import { run, step } from "./run.fixture.ts";

const limit = (id: string, key: unknown = null) => ({ id, name: id, kind: "concurrency", key });

test("each limit is told once, with all waits at it", () => {
  const spans = [
    span("1", 0, 100, { kind: "limit", limit: limit("a", 42) }),
    span("2", 200, 500, { kind: "limit", limit: limit("a", 42) }),
    span("3", 0, 900, { kind: "limit", limit: limit("b") }),
    span("4", 0, null, { kind: "limit", limit: limit("b") }),
    span("5", 0, 900),
  ];
  expect(limitsPassed(spans)).toEqual([
    { limit: limit("b"), times: 1, ms: 900, longestMs: 900 },
    { limit: limit("a", 42), times: 2, ms: 400, longestMs: 300 },
  ]);
});

test("what came too late is told with its step", () => {
  const attempt = {
    ...{ attempt: 1, outcome: "late" as const, failure: null, name: "charge", value: 8, app_ms: null },
    ...{ scheduled_at: null, leased_at: null, sent_at: null, first_byte_at: null, received_at: null },
    committed_at: "2026-01-01T00:00:00.000Z",
  };
  expect(lateResults(run({ steps: [step("charge", { attempts: [attempt] })] }))).toEqual([
    { step: "charge", attempt: 1, failure: null, value: 8 },
  ]);
});
