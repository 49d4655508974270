import { performance } from "node:perf_hooks";

export interface ProcessUsage {
  readonly cpuUserSeconds: number;
  readonly cpuSystemSeconds: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly heapTotalBytes: number;
  readonly externalBytes: number;
  readonly upSeconds: number;
  /** Since the start: how long the event loop was at work, and how long it waited. Their rates say how busy it is. */
  readonly loopActiveSeconds: number;
  readonly loopIdleSeconds: number;
}

/** What this process has taken. Nothing runs between two readings. */
export function processUsage(): ProcessUsage {
  const cpu = process.cpuUsage();
  const memory = process.memoryUsage();
  const loop = performance.eventLoopUtilization();
  return {
    cpuUserSeconds: cpu.user / 1e6,
    cpuSystemSeconds: cpu.system / 1e6,
    residentBytes: memory.rss,
    heapUsedBytes: memory.heapUsed,
    heapTotalBytes: memory.heapTotal,
    externalBytes: memory.external,
    upSeconds: process.uptime(),
    loopActiveSeconds: loop.active / 1_000,
    loopIdleSeconds: loop.idle / 1_000,
  };
}
