import { type Metric, of, type Results, ratios } from "./results.ts";
import { median, spread } from "./stats.ts";
import type { SystemName } from "./works.ts";

/** One line of the list of goals: a ratio to another system (or work), or a plain number. */
interface Goal {
  readonly title: string;
  readonly cell: string;
  readonly metric: Metric;
  readonly against: { readonly system: SystemName; readonly cell?: string } | "number";
  readonly unit: string;
  readonly bound: { readonly atLeast: number } | { readonly atMost: number };
}

const times = { metric: "stepsPerS", unit: "x" } as const;
const restate = { system: "restate" } as const;
const dbos = { system: "dbos" } as const;
const bare = { system: "bare" } as const;

export const GOALS: readonly Goal[] = [
  {
    ...times,
    title: "10-step runs, 64 at a time, against Restate",
    cell: "ten@64",
    against: restate,
    bound: { atLeast: 2 },
  },
  {
    ...times,
    title: "10-step runs, 256 at a time, against Restate",
    cell: "ten@256",
    against: restate,
    bound: { atLeast: 2 },
  },
  {
    ...times,
    title: "10-step runs, 64 at a time, against DBOS",
    cell: "ten@64",
    against: dbos,
    bound: { atLeast: 6 },
  },
  {
    ...times,
    title: "10-step runs, 256 at a time, against DBOS",
    cell: "ten@256",
    against: dbos,
    bound: { atLeast: 6 },
  },
  {
    ...times,
    title: "10-step runs, 64 at a time, against the bare hot path",
    cell: "ten@64",
    against: bare,
    bound: { atLeast: 0.75 },
  },
  {
    ...times,
    title: "10-step runs, 256 at a time, against the bare hot path",
    cell: "ten@256",
    against: bare,
    bound: { atLeast: 0.75 },
  },
  {
    title: "1 run of 10 steps: time per step against Restate",
    cell: "ten@1",
    metric: "p50Ms",
    against: restate,
    unit: "x",
    bound: { atMost: 0.75 },
  },
  {
    title: "1 run of 100 steps: time per step against Restate",
    cell: "hundred@1",
    metric: "p50Ms",
    against: restate,
    unit: "x",
    bound: { atMost: 0.75 },
  },
  {
    title: "1-step runs, 64 at a time, against Restate",
    cell: "one@64",
    metric: "runsPerS",
    against: restate,
    unit: "x",
    bound: { atLeast: 2 },
  },
  {
    ...times,
    title: "1,000-step runs against our own 10-step runs: steps/s",
    cell: "thousand@64",
    against: { system: "durable", cell: "ten@64" },
    bound: { atLeast: 0.8 },
  },
  {
    title: "1,000-step runs against our own 100-step runs: bytes on the wire per step",
    cell: "thousand@1",
    metric: "wireBytesPerStep",
    against: { system: "durable", cell: "hundred@1" },
    unit: "x",
    bound: { atMost: 1.2 },
  },
  {
    title: "events acknowledged on disk, per second",
    cell: "ingest",
    metric: "stepsPerS",
    against: "number",
    unit: "/s",
    bound: { atLeast: 20_000 },
  },
  {
    title: "event acknowledged -> app called, idle, p50",
    cell: "latency",
    metric: "p50Ms",
    against: "number",
    unit: " ms",
    bound: { atMost: 3 },
  },
  {
    title: "event acknowledged -> app called, idle, p99",
    cell: "latency",
    metric: "p99Ms",
    against: "number",
    unit: " ms",
    bound: { atMost: 50 },
  },
];

export interface Verdict {
  readonly goal: Goal;
  /** Null: not measured. */
  readonly value: number | null;
  /** (largest - smallest) / median over the rounds. */
  readonly spread: number;
  readonly met: boolean | null;
}

export function judge(results: Results): Verdict[] {
  return GOALS.map((goal) => {
    const values = valuesOf(results, goal);
    if (values.length === 0) return { goal, value: null, spread: 0, met: null };
    const value = median(values);
    const met = "atLeast" in goal.bound ? value >= goal.bound.atLeast : value <= goal.bound.atMost;
    return { goal, value, spread: spread(values), met };
  });
}

function valuesOf(results: Results, { cell, metric, against }: Goal): number[] {
  if (against === "number") return of(results, "durable", cell).map((one) => one[metric]);
  const below = { system: against.system, cell: against.cell ?? cell };
  return ratios(results, metric, { system: "durable", cell }, below);
}

/** The engine's memory before its first request; the goal is 120 MiB. */
export const IDLE_MEMORY_GOAL_MIB = 120;

export function idleMemoryMiB(results: Results): number {
  return (
    median((results.idleBytes.durable ?? []).map((processes) => processes["engine"] ?? Number.NaN)) / 2 ** 20
  );
}
