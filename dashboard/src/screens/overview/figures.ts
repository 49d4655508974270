// The figures of the overview and of a function: what metrics say, as courses and sentences.
import type { AnswerOf } from "@durable/engine/api";
import { countOf, grouped, percent } from "../../words/number.ts";
import { duration } from "../../words/time.ts";
import { atSteps, type Span } from "../../words/time-range.ts";

type Metrics = AnswerOf<"getMetrics">;

/** `the last hour`. */
type Said = string;

export interface Course {
  /** The number at a glance. */
  readonly value: string;
  readonly said: string;
  /** One value for each step; where there are two, the second is a part of the first. */
  readonly lines: readonly (readonly (number | null)[])[];
}

export function startsOf({ points }: Metrics, span: Span, time: Said): Course {
  const started = sum(points, ({ started }) => started);
  const ended = sum(points, ({ completed, failed, cancelled }) => completed + failed + cancelled);
  return {
    value: grouped(started),
    said: `${countOf(started, "run")} started and ${ended} ended in ${time}.`,
    lines: [atSteps(span, points, (point) => point.started, 0)],
  };
}

export function failuresOf({ points }: Metrics, span: Span, time: Said): Course {
  const failed = sum(points, (point) => point.failed);
  const ended = sum(points, (point) => point.completed + point.failed);
  return {
    value: ended === 0 ? "–" : percent(failed, ended),
    said:
      ended === 0
        ? `No run came to an end in ${time}.`
        : `${failed} of the ${countOf(ended, "run")} that ended in ${time} failed.`,
    lines: [atSteps(span, points, (point) => point.failed, 0)],
  };
}

/**
 * From beginning to end, and within that the app's own code at its last call. The number is that of a typical step of time: percentiles of
 * several steps make no percentile of all.
 */
export function durationsOf({ points }: Metrics, span: Span, time: Said, percentile: "p50" | "p95"): Course {
  const typical = (phase: "total" | "app") =>
    weightedMedian(
      points.flatMap(({ phases }) => {
        const found = phases[phase];
        return found === null ? [] : [{ value: found[percentile], weight: found.count }];
      }),
    );
  const total = typical("total");
  const app = typical("app");
  return {
    value: total === null ? "–" : duration(total),
    said:
      total === null
        ? `No run came to an end in ${time}.`
        : `In ${time} ${percentile === "p50" ? "half of the runs" : "19 of 20 runs"} typically ended within ${duration(total)}${
            app === null ? "" : `; the app's last call took ${duration(app)} of it`
          }.`,
    lines: [
      atSteps(span, points, ({ phases }) => phases.total?.[percentile] ?? null, null),
      atSteps(span, points, ({ phases }) => phases.app?.[percentile] ?? null, null),
    ],
  };
}

function weightedMedian(
  values: readonly { readonly value: number; readonly weight: number }[],
): number | null {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let before = 0;
  for (const { value, weight } of sorted) {
    before += weight;
    if (before >= half) return value;
  }
  return null;
}

export function backlogOf({ backlog }: Metrics, span: Span, time: Said): Course {
  const last = backlog.at(-1);
  const oldest = last?.oldest_queued_ms ?? null;
  return {
    value: last === undefined ? "–" : grouped(last.queued),
    said:
      last === undefined
        ? `The backlog was not counted in ${time}.`
        : `${countOf(last.queued, "run is", "runs are")} queued${oldest === null ? "" : `, the oldest for ${duration(oldest)}`}.`,
    lines: [atSteps(span, backlog, ({ queued, parked }) => queued + parked, null)],
  };
}

function sum(points: Metrics["points"], of: (point: Metrics["points"][number]) => number): number {
  return points.reduce((total, point) => total + of(point), 0);
}
