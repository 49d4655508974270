import type { AnswerOf } from "@durable/engine/api";
import { expect, test } from "vitest";
import { backlogOf, durationsOf, failuresOf, startsOf } from "./figures.ts";

const AT = "2026-10-21T09:00:00.000Z";
const FROM = Date.parse(AT);
const SPAN = { fromMs: FROM, toMs: FROM + 120_000, stepMs: 60_000 };
const TIME = "the last 2 min";
const percentiles = (ms: number) => ({ count: 1, p50: ms, p95: ms * 2, p99: ms * 3 });
const METRICS: AnswerOf<"getMetrics"> = {
  step: 60,
  read_to: AT,
  lost_at: null,
  points: [
    {
      at: AT,
      started: 4,
      completed: 3,
      failed: 1,
      cancelled: 0,
      failed_attempts: 0,
      phases: { total: percentiles(1_000), limit: null, queue: null, network: null, app: percentiles(200) },
    },
  ],
  functions: [],
  function_backlog: [],
  backlog: [
    {
      at: AT,
      queued: 2,
      parked: 3,
      running: 0,
      waiting: 0,
      paused: 0,
      oldest_queued_ms: 4_000,
      circuit: "closed",
    },
  ],
};
const NOTHING = { ...METRICS, points: [], backlog: [] };

test("starts, failures, durations and the backlog are a number, a sentence and a course", () => {
  expect(startsOf(METRICS, SPAN, TIME)).toEqual({
    value: "4",
    said: "4 runs started and 4 ended in the last 2 min.",
    lines: [[4, 0]],
  });
  expect(failuresOf(METRICS, SPAN, TIME)).toMatchObject({ value: "25 %", lines: [[1, 0]] });
  expect(durationsOf(METRICS, SPAN, TIME, "p95").said).toBe(
    "In the last 2 min 19 of 20 runs typically ended within 2.0 s; the app's last call took 400 ms of it.",
  );
  expect(backlogOf(METRICS, SPAN, TIME)).toEqual({
    value: "2",
    said: "2 runs are queued, the oldest for 4.0 s.",
    lines: [[5, null]],
  });
});

test("where nothing happened that is said", () => {
  expect(failuresOf(NOTHING, SPAN, TIME).value).toBe("–");
  expect(durationsOf(NOTHING, SPAN, TIME, "p50").said).toBe("No run came to an end in the last 2 min.");
});
