import { availableParallelism } from "node:os";
import { machineUsage, type Usage, usageOf } from "./process-usage.ts";

/** What processes used so far, read when a window opens and again when it closes. */
export interface Reading {
  readonly atMs: number;
  readonly processes: Readonly<Record<string, Usage | null>>;
  readonly machine: ReturnType<typeof machineUsage>;
}

export function read(processes: Readonly<Record<string, number>>): Reading {
  const usage = Object.entries(processes).map(([name, pid]) => [name, usageOf(pid)] as const);
  return { atMs: performance.now(), processes: Object.fromEntries(usage), machine: machineUsage() };
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
export function perStep(
  before: Readonly<Record<string, number>> | null,
  after: Readonly<Record<string, number>> | null,
  steps: number,
): Record<string, number> | null {
  if (before === null || after === null) return null;
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, (value - (before[name] ?? 0)) / steps]),
  );
}
