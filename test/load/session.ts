import { rmSync } from "node:fs";
import { tempFolder } from "../support/temp-folder.ts";
import { startLoadGenerator } from "./load-generator.ts";
import { type Figures, measure } from "./measure.ts";
import { usageOf } from "./process-usage.ts";
import type { System } from "./systems/system.ts";
import { type Cell, cellName, type SystemName, type Work } from "./works.ts";

/** One window, as it is kept in the JSON file. */
export interface Measurement extends Figures {
  readonly round: number;
  readonly system: SystemName;
  readonly cell: string;
}

/** A system started, used for one work, and stopped: while it lives, no other one does. */
export interface Session {
  readonly measurements: readonly Measurement[];
  /** Memory of each process before the first request. */
  readonly idleBytes: Readonly<Record<string, number>>;
}

export interface SessionOptions {
  readonly round: number;
  readonly leadMs: number;
  readonly windowMs: number;
  readonly seed: number;
  readonly onCell: (cell: Cell) => void;
}

const WARM_UP_MS = 2_500;

export async function runSession(system: System, work: Work, options: SessionOptions): Promise<Session> {
  const { round, leadMs, windowMs, seed, onCell } = options;
  const folder = tempFolder("bench-client");
  const running = await system.start();
  try {
    const idleBytes = Object.fromEntries(
      Object.entries(running.processes).map(([name, pid]) => [name, usageOf(pid)?.memoryBytes ?? Number.NaN]),
    );
    const client = await startLoadGenerator(folder);
    const measurements: Measurement[] = [];
    try {
      await measure(running, client, { cell: work.warmUp, leadMs: 0, windowMs: WARM_UP_MS, seed });
      for (const cell of work.cells) {
        onCell(cell);
        const figures = await measure(running, client, { cell, leadMs, windowMs, seed });
        measurements.push({ round, system: system.name, cell: cellName(work, cell), ...figures });
      }
    } finally {
      await client.stop();
    }
    // A speed that was reached by breaking a promise is no speed: this throws, and nothing is kept.
    await running.verify?.();
    return { measurements, idleBytes };
  } finally {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
