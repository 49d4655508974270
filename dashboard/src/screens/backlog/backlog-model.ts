// What the figures say of the queue: how long, how old, and whether it grows. Pure.
import type { AnswerOf } from "@durable/engine/api";
import { countOf, short } from "../../words/number.ts";
import { duration } from "../../words/time.ts";
import { atSteps, type Span, stepsOf } from "../../words/time-range.ts";

type Metrics = Pick<AnswerOf<"getMetrics">, "points" | "backlog">;
type Backlog = Metrics["backlog"][number];

export interface BacklogModel {
  readonly timesMs: readonly number[];
  readonly queued: readonly number[];
  readonly parked: readonly number[];
  readonly oldestMs: readonly number[];
  /** Runs a minute that came, and that ended. */
  readonly inRate: readonly number[];
  readonly outRate: readonly number[];
  readonly last: Backlog | null;
}

/** What nobody counted is nothing: where no run lives, no row is written. */
export function backlogModel({ points, backlog }: Metrics, span: Span): BacklogModel {
  const perMinute = span.stepMs / 60_000;
  return {
    timesMs: stepsOf(span),
    queued: atSteps(span, backlog, ({ queued }) => queued, 0),
    parked: atSteps(span, backlog, ({ parked }) => parked, 0),
    oldestMs: atSteps(span, backlog, ({ oldest_queued_ms: ms }) => ms ?? 0, 0),
    inRate: atSteps(span, points, ({ started }) => started / perMinute, 0),
    outRate: atSteps(
      span,
      points,
      ({ completed, failed, cancelled }) => (completed + failed + cancelled) / perMinute,
      0,
    ),
    last: backlog.at(-1) ?? null,
  };
}

/** Over so many minutes it is looked whether the queue grows. */
const TREND_MINUTES = 10;

export interface Trend {
  readonly queued: number;
  /** Runs a minute by which it grows; less than 0: shrinks. */
  readonly perMinute: number;
  /** When it is empty at this pace; null while it does not shrink. */
  readonly emptyInMs: number | null;
}

/** From what was counted in the last minutes; null where that was not twice. */
export function trendOf(backlog: readonly Backlog[], nowMs: number): Trend | null {
  const lately = backlog.filter(({ at }) => Date.parse(at) >= nowMs - TREND_MINUTES * 60_000);
  const [first, last] = [lately[0], lately.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const minutes = (Date.parse(last.at) - Date.parse(first.at)) / 60_000;
  const perMinute = (last.queued - first.queued) / minutes;
  const emptyInMs = perMinute < 0 && last.queued > 0 ? (last.queued / -perMinute) * 60_000 : null;
  return { queued: last.queued, perMinute, emptyInMs };
}

export function trendSaid(trend: Trend | null): string {
  if (trend === null) return "Not counted long enough to say whether it grows.";
  const { queued, perMinute, emptyInMs } = trend;
  if (queued === 0) return "Nothing is queued.";
  const pace = `${short(Math.abs(Math.round(perMinute * 10) / 10))} a minute over the last ${TREND_MINUTES} minutes`;
  if (emptyInMs !== null)
    return `It shrinks by ${pace}: empty in about ${duration(Math.max(60_000, emptyInMs))}.`;
  if (perMinute < 0.5)
    return `${countOf(queued, "run")} queued, about as many as ${TREND_MINUTES} minutes ago.`;
  return `It grows by ${pace}.`;
}
