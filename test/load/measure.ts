import type { Count, Job } from "./jobs.ts";
import type { LoadGenerator } from "./load-generator.ts";
import { cpuBetween, foreignShare, memoryOf, perStep, type Reading, read } from "./readings.ts";
import { percentile } from "./stats.ts";
import type { RunningSystem } from "./systems/system.ts";
import type { Cell } from "./works.ts";

/** What one window on one system gave. A "step" is an event for the works that only send events. */
export interface Figures {
  readonly stepsPerS: number;
  readonly runsPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How many runs (batches, events) the percentiles are of. */
  readonly samples: number;
  readonly cpuSPer1000Steps: Readonly<Record<string, number>>;
  readonly memoryBytes: Readonly<Record<string, number>>;
  readonly foreignShare: number | null;
  readonly postgresPerStep: Readonly<Record<string, number>> | null;
  readonly countersPerStep: Readonly<Record<string, number>> | null;
  /** Between engine and app, both directions, per step; 0 where it is not counted. */
  readonly wireBytesPerStep: number;
}

export async function measure(
  system: RunningSystem,
  client: LoadGenerator,
  job: Omit<Job, "target">,
): Promise<Figures> {
  const processes = { ...system.processes, client: client.pid, bench: process.pid };
  const readings: Reading[] = [];
  const take = () => readings.push(read(processes));
  // Counted over everything that was done, not over the window: then it is exact, and nothing is asked within it.
  const before = await countersOf(system);
  const count = await client.run({ ...job, target: system.target }, { opened: take, closed: take });
  const after = await countersOf(system);
  const latenciesMs = job.cell.kind === "latency" ? await delays(system, count) : count.latenciesMs;
  const counters = perStep(before.own, after.own, count.allSteps);
  return {
    ...speeds(job.cell, count, latenciesMs),
    ...costs(count.steps, readings[0]!, readings[1]!),
    postgresPerStep: perStep(before.postgres, after.postgres, count.allSteps),
    countersPerStep: counters,
    wireBytesPerStep: (counters?.["received"] ?? 0) + (counters?.["sent"] ?? 0),
  };
}

async function countersOf(system: RunningSystem) {
  const [postgres, own] = await Promise.all([system.postgres?.counters(), system.counters?.()]);
  return { postgres: postgres ?? null, own: own ?? null };
}

function speeds(cell: Cell, { steps, windowMs }: Count, latenciesMs: readonly number[]) {
  const stepsPerS = steps / (windowMs / 1000);
  return {
    stepsPerS,
    runsPerS: cell.kind === "runs" ? stepsPerS / cell.steps : stepsPerS,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    samples: latenciesMs.length,
  };
}

function costs(steps: number, before: Reading, after: Reading) {
  const cpu = Object.entries(cpuBetween(before, after)).map(([name, cpuS]) => [name, (cpuS / steps) * 1000]);
  return {
    cpuSPer1000Steps: Object.fromEntries(cpu) as Record<string, number>,
    memoryBytes: memoryOf(after),
    foreignShare: foreignShare(before, after),
  };
}

const NS_PER_MS = 1e6;
const ARRIVAL_MS = 10_000;

/** From the acknowledgement (the client's clock) to the call (the app's; the same clock, of the machine). */
async function delays(system: RunningSystem, { acknowledgedNs = [] }: Count): Promise<number[]> {
  const deadline = performance.now() + ARRIVAL_MS;
  for (;;) {
    const arrivals = (await system.arrivals?.()) ?? {};
    const called = acknowledgedNs.map((_, key) => arrivals[key]);
    if (called.every((at) => at !== undefined)) {
      return acknowledgedNs.map((at, key) => Number(BigInt(called[key]!) - BigInt(at)) / NS_PER_MS);
    }
    if (performance.now() > deadline) throw new Error("Not every acknowledged event reached the app.");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
