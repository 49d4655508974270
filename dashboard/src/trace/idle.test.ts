import { expect, test } from "vitest";
import { gaps, idleStretches, isMostlyIdle } from "./idle.ts";
import { forest, phase, span, trace } from "./span.fixture.ts";

const at = (ms: number) => new Date(ms).toISOString();

test("what is left between overlapping work is idle", () => {
  const busy = [
    { fromMs: 40, toMs: 50 },
    { fromMs: 10, toMs: 30 },
    { fromMs: 20, toMs: 25 },
  ];
  expect(gaps(busy, 0, 100)).toEqual([
    { fromMs: 0, toMs: 10 },
    { fromMs: 30, toMs: 40 },
    { fromMs: 50, toMs: 100 },
  ]);
  expect(gaps([{ fromMs: 0, toMs: 100 }], 0, 100)).toEqual([]);
});

test("by the partition of the run's time, in which each moment has one phase", () => {
  const limit = null;
  const time = {
    ...{ ms: 1_000, app_ms: 100, durable_ms: 900, sums: [] },
    phases: [
      { phase: "app" as const, start: at(0), end: at(100), ms: 100, limit },
      { phase: "sleep" as const, start: at(100), end: at(600), ms: 500, limit },
      { phase: "retry" as const, start: at(600), end: at(900), ms: 300, limit },
      { phase: "limit" as const, start: at(900), end: at(1_000), ms: 100, limit },
    ],
  };
  expect(idleStretches(trace([], { time }), forest(), 1_000)).toEqual([{ fromMs: 100, toMs: 900 }]);
});

test("without it by the spans: a child run is no idle time", () => {
  const spans = [
    span("a.1", 0, 100, { kind: "attempt", phases: [phase("app", 0, 100)] }),
    span("nap", 100, 400, { kind: "sleep" }),
    span("child", 400, 700, { kind: "child" }),
  ];
  expect(idleStretches(trace(spans), forest(...spans), 1_000)).toEqual([
    { fromMs: 100, toMs: 400 },
    { fromMs: 700, toMs: 1_000 },
  ]);
});

test("a run that mostly waited is looked at without that, unless it waited all the time again", () => {
  const idle = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ fromMs: at * 100, toMs: at * 100 + 90 }));
  expect(isMostlyIdle(idle(3), 300)).toBe(true);
  expect(isMostlyIdle(idle(3), 3_000)).toBe(false);
  expect(isMostlyIdle(idle(30), 3_000)).toBe(false);
});
