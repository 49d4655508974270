import { expect, test } from "vitest";
import { csvOf, metricsModel, type Point, totalsOf } from "./metrics-model.ts";
import { durationQuery, endedQuery, failedShareQuery, startedQuery } from "./prom-ql.ts";

const measured = (p50: number) => ({ count: 4, p50, p95: p50 * 2, p99: p50 * 3 });
const point = (minute: number, failed: number): Point => ({
  at: new Date(minute * 60_000).toISOString(),
  started: 10,
  completed: 8 - failed,
  failed,
  cancelled: 0,
  failed_attempts: 0,
  phases: { total: measured(100), limit: null, queue: measured(1), network: measured(5), app: measured(90) },
});
const span = { fromMs: 0, toMs: 180_000, stepMs: 60_000 };

test("a value for each step; counts are 0 and measures unknown where nothing happened", () => {
  const model = metricsModel([point(1, 2)], span, "p95");
  expect(model).toMatchObject({
    timesMs: [0, 60_000, 120_000],
    started: [0, 10, 0],
    failed: [0, 2, 0],
    failedShare: [null, 25, null],
  });
  expect(model.phases.total).toEqual([null, 200, null]);
  expect(model.phases.limit).toEqual([null, null, null]);
});

test("sums", () => {
  expect(totalsOf([point(1, 2), point(2, 0)])).toEqual({
    started: 20,
    completed: 14,
    failed: 2,
    cancelled: 0,
    ended: 16,
  });
});

test("a table for spreadsheets", () => {
  const [head, row, end] = csvOf([point(1, 2)]).split("\r\n");
  expect(head).toMatch(
    /^at,started,completed,failed,cancelled,total_p50_ms,total_p95_ms,total_p99_ms,app_p50_ms,/,
  );
  expect(row).toBe("1970-01-01T00:01:00.000Z,10,6,2,0,100,200,300,90,180,270,5,10,15,1,2,3,,,");
  expect(end).toBe("");
});

test("queries for Prometheus take the highest of what every engine tells", () => {
  const labels = { app: "shop", env: "dev", fn: undefined };
  expect(startedQuery(labels)).toBe(
    'sum(max by (function) (rate(durable_runs_started_total{app="shop",environment="dev"}[5m])))',
  );
  expect(endedQuery({ ...labels, fn: "pay" })).toBe(
    'sum by (status) (max by (function, status) (rate(durable_runs_ended_total{app="shop",environment="dev",function="pay"}[5m])))',
  );
  expect(failedShareQuery(labels)).toContain('status="failed"}[5m]))) / sum(');
  expect(durationQuery(labels, ["total"], "p95")).toBe(
    'histogram_quantile(0.95, sum by (phase, le) (max by (function, phase, le) (rate(durable_run_phase_duration_seconds_bucket{app="shop",environment="dev",phase="total"}[5m]))))',
  );
});
