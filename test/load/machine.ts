import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { availableParallelism, cpus, loadavg, type as osType, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { median } from "./stats.ts";

/** What the figures were measured on: they mean nothing without it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly os: string;
  readonly node: string;
  /** One small write made durable, where the stores lie. */
  readonly syncMs: number;
  readonly loadBefore: number;
}

const TMPFS = 0x01021994;

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${osType()} ${release()}`,
    node: process.version,
    syncMs: syncMs(),
    loadBefore: loadavg()[0]!,
  };
}

/** Stores in memory would make fsync free, and the whole comparison worthless. */
export function requireDisk(): void {
  if (statfsSync(tmpdir()).type === TMPFS) {
    throw new Error(
      `${tmpdir()} lies in memory, where fsync costs nothing; set TMPDIR to a folder on a disk.`,
    );
  }
}

const SYNCS = 100;

function syncMs(): number {
  const file = join(tmpdir(), `durable-bench-sync-${process.pid}`);
  const handle = openSync(file, "w");
  try {
    const block = Buffer.alloc(8_192, 1);
    const times = Array.from({ length: SYNCS }, () => {
      const startedMs = performance.now();
      writeSync(handle, block);
      fdatasyncSync(handle);
      return performance.now() - startedMs;
    });
    return median(times);
  } finally {
    closeSync(handle);
    rmSync(file, { force: true });
  }
}
