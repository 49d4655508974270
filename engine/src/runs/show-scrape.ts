import { bucketMaxMs } from "../domain/log-buckets.ts";
import type { Histogram } from "../observability/durations.ts";
import type { Family, Labels } from "../observability/exposition.ts";
import { gauge } from "../observability/process-metrics.ts";
import type {
  EngineGauges,
  FunctionTotals,
  LimitGauge,
  PhaseTotals,
  WorkspaceGauges,
} from "../store/scrape.ts";

/** Bounds of `durable_run_phase_duration_seconds`: two octaves each, from a millisecond to eighteen hours. */
const BUCKETS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104];
const BOUNDS = BUCKETS.map((bucket) => bucketMaxMs(bucket) / 1_000);

type Whose = { readonly app: string; readonly environment: string };

export function workspaceFamilies(
  functions: readonly FunctionTotals[],
  phases: readonly PhaseTotals[],
  workspaces: readonly WorkspaceGauges[],
  limits: readonly LimitGauge[],
): Family[] {
  const ends = ["completed", "failed", "cancelled"] as const;
  const states = ["queued", "running", "waiting", "paused"] as const;
  return [
    {
      name: "durable_runs_started",
      help: "Runs that were created.",
      type: "counter",
      samples: functions.map((one) => [ofFunction(one), one.started]),
    },
    {
      name: "durable_runs_ended",
      help: "Runs that ended, by how.",
      type: "counter",
      samples: functions.flatMap((one) =>
        ends.map((status) => [{ ...ofFunction(one), status }, one[status]] as const),
      ),
    },
    {
      name: "durable_failed_attempts",
      help: "Tries of steps and functions that failed, brought no answer or were lost, of runs that ended.",
      type: "counter",
      samples: functions.map((one) => [ofFunction(one), one.failed_attempts]),
    },
    {
      name: "durable_run_phase_duration_seconds",
      help: "Of runs that ended: total, what they stood at limits, and queue, network and app of their last dispatch.",
      type: "histogram",
      samples: histograms(phases),
    },
    {
      name: "durable_runs",
      help: "Runs that live, by status, as counted once a minute.",
      type: "gauge",
      samples: workspaces.flatMap((one) =>
        states.map((status) => [{ ...of(one), status }, one[status]] as const),
      ),
    },
    {
      name: "durable_parked_jobs",
      help: "Jobs that stand at a limit or are held by a pause or a circuit, as counted once a minute.",
      type: "gauge",
      samples: workspaces.map((one) => [of(one), one.parked]),
    },
    {
      name: "durable_limit_parked_jobs",
      help: "Jobs that wait at one limit, as counted once a minute. Limits without any are left out.",
      type: "gauge",
      samples: limits.map((one) => [{ ...of(one), limit: one.limit }, one.parked]),
    },
    {
      name: "durable_oldest_queued_seconds",
      help: "How long the oldest queued run had waited when it was counted, once a minute.",
      type: "gauge",
      samples: workspaces.map((one) => [of(one), one.oldest_queued_ms / 1_000]),
    },
    {
      name: "durable_circuits",
      help: "Endpoints that are not called (open) or a few at a time (limited).",
      type: "gauge",
      samples: workspaces.flatMap((one) => [
        [{ ...of(one), state: "open" }, one.circuits_open] as const,
        [{ ...of(one), state: "limited" }, one.circuits_limited] as const,
      ]),
    },
  ];
}

/** Of the whole installation, whichever process answers. */
export function engineFamilies({ engines, slots, rolled_up_ms_ago }: EngineGauges): Family[] {
  return [
    gauge("durable_engines", "Engine processes whose heartbeat is fresh.", engines),
    gauge("durable_engine_slots", "Slots of all of them.", slots),
    gauge(
      "durable_metrics_age_seconds",
      "Since figures of runs were rolled up last. Much more than ten seconds: they stand still.",
      rolled_up_ms_ago / 1_000,
    ),
  ];
}

function of({ app, environment }: Whose): Labels {
  return { app, environment };
}

function ofFunction(one: FunctionTotals | PhaseTotals): Labels {
  return { ...of(one), function: one.function };
}

/** Rows of one series stand beside each other. */
function histograms(rows: readonly PhaseTotals[]): [Labels, Histogram][] {
  const series = new Map<string, PhaseTotals[]>();
  for (const one of rows) {
    const key = JSON.stringify([one.app, one.environment, one.function, one.phase]);
    series.set(key, [...(series.get(key) ?? []), one]);
  }
  return [...series.values()].map((buckets) => [
    { ...ofFunction(buckets[0]!), phase: buckets[0]!.phase },
    {
      bounds: BOUNDS,
      atMost: BUCKETS.map((bound) =>
        total(
          buckets.filter(({ bucket }) => bucket <= bound),
          "count",
        ),
      ),
      count: total(buckets, "count"),
      sumSeconds: total(buckets, "sum_ms") / 1_000,
    },
  ]);
}

function total(rows: readonly PhaseTotals[], member: "count" | "sum_ms"): number {
  return rows.reduce((sum, one) => sum + one[member], 0);
}
