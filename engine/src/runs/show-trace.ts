import { formatInstant, RawJson } from "@durable/protocol/wire";
import { sumPhases } from "../domain/partition.ts";
import type { Interval, LimitNamed } from "../domain/phase.ts";
import type { RecordedRun } from "../domain/recorded-run.ts";
import { partitionRun } from "../domain/run-time.ts";
import { type Span, spansOf } from "../domain/span.ts";

/** More are too many to draw; their sums are exact all the same. */
const PHASES_SHOWN_MAX = 2_000;

export function showRunTime(run: RecordedRun) {
  const phases = partitionRun(run);
  const sums = sumPhases(phases);
  const ms = sums.reduce((sum, each) => sum + each.ms, 0);
  const app_ms = sums.find(({ phase }) => phase === "app")?.ms ?? 0;
  return {
    ms,
    app_ms,
    durable_ms: ms - app_ms,
    sums: sums.map((each) => ({ ...each, limit: showLimit(each.limit) })),
    phases: phases.length > PHASES_SHOWN_MAX ? null : phases.map(showPhase),
  };
}

/** @param order Ids of steps, and of dispatches of the run, as they are to be shown. */
export function showSpans(run: RecordedRun, order: readonly string[]) {
  return spansOf(run, order).map(({ startMs, endMs, appMs, phases, limit, ...span }: Span) => ({
    ...span,
    start: formatInstant(startMs),
    end: endMs === null ? null : formatInstant(endMs),
    app_ms: appMs,
    phases: phases.map(showPhase),
    limit: showLimit(limit),
  }));
}

function showPhase({ phase, fromMs, toMs, limit }: Interval) {
  return {
    phase,
    start: formatInstant(fromMs),
    end: formatInstant(toMs),
    ms: toMs - fromMs,
    limit: showLimit(limit),
  };
}

function showLimit(limit: LimitNamed | null) {
  return limit === null ? null : { ...limit, key: limit.key === null ? null : new RawJson(limit.key) };
}
