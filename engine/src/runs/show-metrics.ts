import { formatInstant } from "@durable/protocol/wire";
import { percentilesOf } from "../domain/log-buckets.ts";
import type { Backlog, MetricCounts, PhaseBucket } from "../store/metrics.ts";

const PHASES = ["total", "limit", "queue", "network", "app"] as const;

/** Sums by step, and by function. */
export function showMetrics(
  counts: readonly MetricCounts[],
  phases: readonly PhaseBucket[],
  backlogs: readonly Backlog[],
) {
  const byAt = sumBy(counts, phases, ({ at }) => at);
  const byFunction = sumBy(counts, phases, (one) => one.function);
  return {
    points: byAt.map(([at, sum]) => ({ at: formatInstant(at), ...sum })),
    functions: byFunction
      .map(([name, sum]) => ({ function: name, ...sum }))
      .toSorted((one, two) => two.started - one.started),
    backlog: backlogs.map(({ at, circuit, ...rest }) => ({
      ...rest,
      at: formatInstant(at),
      circuit: circuit as "closed" | "open" | "limited",
    })),
  };
}

function sumBy<Key>(
  counts: readonly MetricCounts[],
  phases: readonly PhaseBucket[],
  keyOf: (one: MetricCounts | PhaseBucket) => Key,
) {
  const byKey = new Map<Key, { counts: MetricCounts[]; buckets: PhaseBucket[] }>();
  const at = (one: MetricCounts | PhaseBucket) => {
    const found = byKey.get(keyOf(one)) ?? { counts: [], buckets: [] };
    byKey.set(keyOf(one), found);
    return found;
  };
  for (const one of counts) at(one).counts.push(one);
  for (const one of phases) at(one).buckets.push(one);
  return [...byKey].map(([key, of]) => [key, { ...sumOf(of.counts), phases: phasesOf(of.buckets) }] as const);
}

function sumOf(counts: readonly MetricCounts[]) {
  const sum = { started: 0, completed: 0, failed: 0, cancelled: 0, failed_attempts: 0 };
  for (const one of counts) {
    sum.started += one.started;
    sum.completed += one.completed;
    sum.failed += one.failed;
    sum.cancelled += one.cancelled;
    sum.failed_attempts += one.failed_attempts;
  }
  return sum;
}

function phasesOf(buckets: readonly PhaseBucket[]) {
  const of = (phase: (typeof PHASES)[number]) => {
    const found = new Map<number, number>();
    for (const one of buckets)
      if (one.phase === phase) found.set(one.bucket, (found.get(one.bucket) ?? 0) + one.count);
    return percentilesOf(found);
  };
  const [total = null, limit = null, queue = null, network = null, app = null] = PHASES.map(of);
  return { total, limit, queue, network, app };
}
