import { readdirSync, readFileSync } from "node:fs";

/** What Linux says about processes. Elsewhere the figures are missing from the report, and nothing else changes. */
export interface Usage {
  /** CPU seconds so far, user and system, with all children (a Postgres is many processes). */
  readonly cpuS: number;
  /** Memory of the process; of a family the sum in which shared pages are divided (Pss), or they would count often. */
  readonly memoryBytes: number;
}

const TICKS_PER_SECOND = 100;

export function usageOf(pid: number): Usage | null {
  try {
    // Everything here descends from ourselves; of us alone is asked what watching costs.
    const family = pid === process.pid ? [pid] : [pid, ...descendantsOf(pid)];
    const cpuS = family.map(cpuSecondsOf).reduce((sum, own) => sum + own, 0);
    const memory =
      family.length === 1 ? memoryOf(pid, "Rss") : sum(family.map((one) => memoryOf(one, "Pss")));
    return { cpuS, memoryBytes: memory };
  } catch {
    return null;
  }
}

/** CPU seconds that the whole machine has spent working, and the part of it that a hypervisor took away. */
export function machineUsage(): { busyS: number; stolenS: number } | null {
  try {
    const line = readFileSync("/proc/stat", "utf8").split("\n")[0]!;
    const [user, nice, system, , , irq, softirq, steal] = line.trim().split(/\s+/).slice(1).map(Number);
    const busy = user! + nice! + system! + irq! + softirq!;
    return { busyS: busy / TICKS_PER_SECOND, stolenS: steal! / TICKS_PER_SECOND };
  } catch {
    return null;
  }
}

interface Stat {
  readonly parent: number;
  readonly ticks: number;
}

function statOf(pid: number): Stat {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // "pid (name) state ppid ...": the name may hold spaces and brackets, so read after the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // utime and stime; of others than us also cutime and cstime, the children that ended and were waited for.
  const counted = pid === process.pid ? [11, 12] : [11, 12, 13, 14];
  const ticks = counted.map((at) => Number(fields[at])).reduce((total, own) => total + own, 0);
  return { parent: Number(fields[1]), ticks };
}

function cpuSecondsOf(pid: number): number {
  return (gone(() => statOf(pid).ticks) ?? 0) / TICKS_PER_SECOND;
}

function memoryOf(pid: number, kind: "Rss" | "Pss"): number {
  const text = gone(() => readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? "";
  return Number(new RegExp(`^${kind}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * 1024;
}

function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc")) {
    const found = /^\d+$/.test(entry) ? gone(() => statOf(Number(entry))) : null;
    if (found) children.set(found.parent, [...(children.get(found.parent) ?? []), Number(entry)]);
  }
  const family: number[] = [];
  const look = [pid];
  while (look.length > 0) {
    const own = children.get(look.pop()!) ?? [];
    family.push(...own);
    look.push(...own);
  }
  return family;
}

/** A process may end while we read about it. */
function gone<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
