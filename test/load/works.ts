// The works: each is the same program on every system. A run is N empty steps one after the other, each returns
// `{i}`, each result is durable before the next step begins.

export type SystemName = "durable" | "restate" | "dbos" | "bare";
export const SYSTEM_NAMES: readonly SystemName[] = ["durable", "restate", "dbos", "bare"];

export type WorkName = "one" | "ten" | "hundred" | "thousand" | "ingest" | "latency";

/** One measured window of a work. */
export type Cell =
  | { readonly kind: "runs"; readonly steps: number; readonly concurrency: number }
  | { readonly kind: "ingest"; readonly batch: number; readonly concurrency: number }
  | { readonly kind: "latency"; readonly events: number; readonly everyMs: number };

export interface Work {
  readonly name: WorkName;
  readonly title: string;
  readonly systems: readonly SystemName[];
  readonly cells: readonly Cell[];
  /** Measured again in every session before the first cell, unreported: compilers, caches, new WAL files. */
  readonly warmUp: Cell;
}

const CONCURRENCIES = [1, 64, 256];

function runs(name: WorkName, steps: number, systems: readonly SystemName[], concurrencies: number[]): Work {
  return {
    name,
    title: steps === 1 ? "runs of 1 step" : `runs of ${steps} steps`,
    systems,
    cells: concurrencies.map((concurrency) => ({ kind: "runs", steps, concurrency })),
    warmUp: { kind: "runs", steps: Math.min(steps, 10), concurrency: 64 },
  };
}

export const WORKS: Readonly<Record<WorkName, Work>> = {
  one: runs("one", 1, SYSTEM_NAMES, CONCURRENCIES),
  ten: runs("ten", 10, SYSTEM_NAMES, CONCURRENCIES),
  hundred: runs("hundred", 100, SYSTEM_NAMES, CONCURRENCIES),
  // Only asks whether a long run costs more per step than a short one; the peers' answer is not our goal.
  thousand: runs("thousand", 1_000, ["durable"], [1, 64]),
  ingest: {
    name: "ingest",
    title: "events in batches of 100, each matching one function",
    systems: ["durable"],
    cells: [{ kind: "ingest", batch: 100, concurrency: 8 }],
    warmUp: { kind: "ingest", batch: 100, concurrency: 8 },
  },
  latency: {
    name: "latency",
    title: "event acknowledged -> app called, idle",
    systems: ["durable"],
    cells: [{ kind: "latency", events: 200, everyMs: 25 }],
    warmUp: { kind: "runs", steps: 10, concurrency: 64 },
  },
};

export const DEFAULT_WORKS: readonly WorkName[] = ["ten", "one", "hundred", "thousand", "ingest", "latency"];

export function cellName(work: Work, cell: Cell): string {
  return cell.kind === "runs" ? `${work.name}@${cell.concurrency}` : work.name;
}

export function cellTitle(cell: Cell): string {
  switch (cell.kind) {
    case "runs":
      return `${cell.steps} ${cell.steps === 1 ? "step" : "steps"}, ${cell.concurrency} at a time`;
    case "ingest":
      return `batches of ${cell.batch}, ${cell.concurrency} at a time`;
    case "latency":
      return `${cell.events} events, one every ${cell.everyMs} ms`;
  }
}
