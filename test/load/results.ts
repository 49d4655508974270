import type { Machine } from "./machine.ts";
import type { Measurement } from "./session.ts";
import { median } from "./stats.ts";
import type { SystemName } from "./works.ts";

/** Everything one execution of the benchmark found out; the JSON file is exactly this. */
export interface Results {
  readonly startedAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly seed: number;
  readonly rounds: number;
  readonly leadMs: number;
  readonly windowMs: number;
  readonly versions: Readonly<Partial<Record<SystemName, string>>>;
  readonly setups: Readonly<Partial<Record<SystemName, string>>>;
  readonly measurements: readonly Measurement[];
  /** Per system and process, of every session before its first request. */
  readonly idleBytes: Readonly<Partial<Record<SystemName, readonly Readonly<Record<string, number>>[]>>>;
  /** What did not take place, and why: said at the end, loudly. */
  readonly skipped: readonly string[];
}

export type Metric = "stepsPerS" | "runsPerS" | "p50Ms" | "p99Ms" | "wireBytesPerStep";

export function of(results: Results, system: SystemName, cell: string): readonly Measurement[] {
  return results.measurements.filter((one) => one.system === system && one.cell === cell);
}

export function medianOf(results: Results, system: SystemName, cell: string, metric: Metric): number {
  return median(of(results, system, cell).map((one) => one[metric]));
}

/** Within each round, then their median: what slows the machine down for minutes slows both down. */
export function ratios(
  results: Results,
  metric: Metric,
  above: { system: SystemName; cell: string },
  below: { system: SystemName; cell: string },
): number[] {
  return of(results, above.system, above.cell).flatMap((upper) =>
    of(results, below.system, below.cell)
      .filter((lower) => lower.round === upper.round)
      .map((lower) => upper[metric] / lower[metric]),
  );
}
