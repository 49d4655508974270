// The same figures as queries for Prometheus. Every engine tells the same of the database, so `max` first, then sums. Pure.
import type { Percentile, PhaseName } from "./metrics-model.ts";

export interface FigureLabels {
  readonly app: string;
  readonly env: string;
  readonly fn: string | undefined;
}

export function startedQuery(labels: FigureLabels): string {
  return `sum(${perFunction(`durable_runs_started_total${selector(labels)}`)})`;
}

export function endedQuery(labels: FigureLabels): string {
  return `sum by (status) (${perFunction(`durable_runs_ended_total${selector(labels)}`, "status")})`;
}

export function failedShareQuery(labels: FigureLabels): string {
  const ended = (status: string) =>
    `sum(${perFunction(`durable_runs_ended_total${selector(labels, status)}`, "status")})`;
  return `${ended('status="failed"')} / ${ended("")}`;
}

export function durationQuery(
  labels: FigureLabels,
  phases: readonly PhaseName[],
  percentile: Percentile,
): string {
  const phase = phases.length === 1 ? `phase="${phases[0]}"` : `phase=~"${phases.join("|")}"`;
  const buckets = perFunction(
    `durable_run_phase_duration_seconds_bucket${selector(labels, phase)}`,
    "phase",
    "le",
  );
  return `histogram_quantile(0.${percentile.slice(1)}, sum by (phase, le) (${buckets}))`;
}

function perFunction(counter: string, ...others: readonly string[]): string {
  return `max by (${["function", ...others].join(", ")}) (rate(${counter}[5m]))`;
}

function selector({ app, env, fn }: FigureLabels, more = ""): string {
  const labels = [
    `app=${JSON.stringify(app)}`,
    `environment=${JSON.stringify(env)}`,
    ...(fn === undefined ? [] : [`function=${JSON.stringify(fn)}`]),
    ...(more === "" ? [] : [more]),
  ];
  return `{${labels.join(",")}}`;
}
