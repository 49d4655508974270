import { availableParallelism } from "node:os";
import type { PostgresCounters } from "./postgres.ts";
import { machineUsage, type Usage, usageOf } from "./process-usage.ts";
import type { RunningSystem } from "./systems/system.ts";

/** Everything that counts up, read when a window opens and again when it closes. */
export interface Reading {
  readonly atMs: number;
  readonly processes: Readonly<Record<string, Usage | null>>;
  readonly machine: ReturnType<typeof machineUsage>;
  readonly postgres: PostgresCounters | null;
  readonly counters: Readonly<Record<string, number>> | null;
}

export async function read(
  system: RunningSystem,
  processes: Readonly<Record<string, number>>,
): Promise<Reading> {
  const atMs = performance.now();
  const usage = Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, usageOf(pid)]));
  const machine = machineUsage();
  const [postgres, counters] = await Promise.all([system.postgres?.counters(), system.counters?.()]);
  return { atMs, processes: usage, machine, postgres: postgres ?? null, counters: counters ?? null };
}

/** CPU seconds spent between two readings, per process. */
export function cpuBetween(before: Reading, after: Reading): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after.processes).map(([name, usage]) => [
      name,
      usage === null ? Number.NaN : usage.cpuS - (before.processes[name]?.cpuS ?? 0),
    ]),
  );
}

export function memoryOf(reading: Reading): Record<string, number> {
  return Object.fromEntries(
    Object.entries(reading.processes).map(([name, usage]) => [name, usage?.memoryBytes ?? Number.NaN]),
  );
}

/** Which share of the machine went to none of our processes, or was taken by the hypervisor: a disturbed window. */
export function foreignShare(before: Reading, after: Reading): number | null {
  if (before.machine === null || after.machine === null) return null;
  const busyS = after.machine.busyS - before.machine.busyS;
  const stolenS = after.machine.stolenS - before.machine.stolenS;
  const ours = Object.values(cpuBetween(before, after)).reduce(
    (sum, own) => sum + (Number.isNaN(own) ? 0 : own),
    0,
  );
  const wholeS = ((after.atMs - before.atMs) / 1000) * availableParallelism();
  return Math.max(0, busyS + stolenS - ours) / wholeS;
}

/** The difference of each number, divided: what happened per step. */
export function perStep<Counters extends object>(
  before: Counters | null,
  after: Counters | null,
  steps: number,
): Record<keyof Counters, number> | null {
  if (before === null || after === null) return null;
  const entries = Object.entries(after).map(([name, value]) => [
    name,
    (Number(value) - Number((before as Record<string, unknown>)[name] ?? 0)) / steps,
  ]);
  return Object.fromEntries(entries) as Record<keyof Counters, number>;
}
