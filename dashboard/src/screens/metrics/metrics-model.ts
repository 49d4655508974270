// The figures of a time as series, one value for each step. Pure.
import type { AnswerOf } from "@durable/engine/api";
import { atSteps, type Span, stepsOf } from "../../words/time-range.ts";
import type { PERCENTILES } from "./metrics-search.ts";

export type Metrics = AnswerOf<"getMetrics">;
export type Point = Metrics["points"][number];
export type PhaseName = keyof Point["phases"];
export type Percentile = (typeof PERCENTILES)[number];

export const PHASES: readonly PhaseName[] = ["total", "app", "network", "queue", "limit"];

export interface MetricsModel {
  readonly timesMs: readonly number[];
  readonly started: readonly number[];
  readonly completed: readonly number[];
  readonly failed: readonly number[];
  readonly cancelled: readonly number[];
  /** Of those that ended, in percent; null where none did. */
  readonly failedShare: readonly (number | null)[];
  /** Milliseconds; null where nothing was measured. */
  readonly phases: Readonly<Record<PhaseName, readonly (number | null)[]>>;
}

export function metricsModel(points: readonly Point[], span: Span, percentile: Percentile): MetricsModel {
  const count = (of: (point: Point) => number) => atSteps(span, points, of, 0);
  const measured = (phase: PhaseName) =>
    atSteps<Point, number | null>(span, points, ({ phases }) => phases[phase]?.[percentile] ?? null, null);
  return {
    timesMs: stepsOf(span),
    started: count(({ started }) => started),
    completed: count(({ completed }) => completed),
    failed: count(({ failed }) => failed),
    cancelled: count(({ cancelled }) => cancelled),
    failedShare: atSteps<Point, number | null>(
      span,
      points,
      (point) => shareOf(point.failed, endedOf(point)),
      null,
    ),
    phases: {
      total: measured("total"),
      app: measured("app"),
      network: measured("network"),
      queue: measured("queue"),
      limit: measured("limit"),
    },
  };
}

export interface Totals {
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly ended: number;
}

export function totalsOf(points: readonly Point[]): Totals {
  const sum = (of: (point: Point) => number) => points.reduce((all, point) => all + of(point), 0);
  return {
    started: sum(({ started }) => started),
    completed: sum(({ completed }) => completed),
    failed: sum(({ failed }) => failed),
    cancelled: sum(({ cancelled }) => cancelled),
    ended: sum(endedOf),
  };
}

export function endedOf({
  completed,
  failed,
  cancelled,
}: Pick<Point, "completed" | "failed" | "cancelled">): number {
  return completed + failed + cancelled;
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : (part / whole) * 100;
}

/** A line per step: what the charts show, for a spreadsheet. Durations in milliseconds. */
export function csvOf(points: readonly Point[]): string {
  const measured = PHASES.flatMap((phase) =>
    (["p50", "p95", "p99"] as const).map((each) => [phase, each] as const),
  );
  const head = [
    "at",
    "started",
    "completed",
    "failed",
    "cancelled",
    ...measured.map(([phase, each]) => `${phase}_${each}_ms`),
  ];
  const rows = points.map((point) => [
    point.at,
    point.started,
    point.completed,
    point.failed,
    point.cancelled,
    ...measured.map(([phase, each]) => point.phases[phase]?.[each] ?? ""),
  ]);
  return [head, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}
