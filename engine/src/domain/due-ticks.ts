// What a schedule owes by now. A tick that is not more than a minute late is on time. When the oldest it owes is later than
// that, nobody was there to start it, and the schedule's `catchUp` says what comes of all that it owes.

import { type CronInZone, lastTicks, tickAfter, ticksAfter } from "./ticks.ts";

export type CatchUp = "none" | "last" | "all";

export interface DueTicks {
  /** To be started, ascending. */
  readonly ticks: readonly number[];
  /** Not to be started any more: from the first to the last of them, and how many. */
  readonly missed: MissedTicks | null;
  /** With these, all up to here are dealt with. */
  readonly handledToMs: number;
}

export interface MissedTicks {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
  /** There are more than `count`. */
  readonly isMore: boolean;
}

export interface Owing {
  readonly line: CronInZone;
  readonly catchUp: CatchUp;
  /** Up to here, all are dealt with. */
  readonly handledToMs: number;
  readonly nowMs: number;
  /** How many are started now; the others are owed on. */
  readonly limit: number;
}

const LATE_MS_MAX = 60_000;
/** What `catchUp: "all"` starts of one outage: the newest. */
export const CATCH_UP_MAX = 1_000;
const COUNTED_MAX = 20_000;

export function dueTicks(owing: Owing): DueTicks {
  const { line, catchUp, handledToMs, nowMs, limit } = owing;
  const firstMs = tickAfter(line, handledToMs);
  if (firstMs === null || firstMs > nowMs) return { ticks: [], missed: null, handledToMs };
  if (nowMs - firstMs <= LATE_MS_MAX) {
    const ticks = take(ticksAfter(line, handledToMs, nowMs), limit);
    return { ticks, missed: null, handledToMs: ticks.at(-1)! };
  }
  const kept = catchUp === "all" ? CATCH_UP_MAX : 1;
  // One more than is kept, which is the last that is missed.
  const newest = lastTicks(line, handledToMs, nowMs, kept + 1);
  const wanted = newest.slice(-kept);
  const isStarted = catchUp !== "none" || nowMs - newest.at(-1)! <= LATE_MS_MAX;
  const ticks = isStarted ? wanted.slice(0, limit) : [];
  const missedToMs = isStarted ? newest.at(-kept - 1) : newest.at(-1);
  return {
    ticks,
    missed: missedToMs === undefined ? null : missedTicks(line, firstMs, missedToMs),
    handledToMs: ticks.at(-1) ?? newest.at(-1)!,
  };
}

function missedTicks(line: CronInZone, fromMs: number, toMs: number): MissedTicks {
  const counted = take(ticksAfter(line, fromMs - 1, toMs), COUNTED_MAX + 1).length;
  return { fromMs, toMs, count: Math.min(counted, COUNTED_MAX), isMore: counted > COUNTED_MAX };
}

function take(ticks: Iterable<number>, count: number): number[] {
  const taken: number[] = [];
  for (const tick of ticks) {
    if (taken.push(tick) === count) break;
  }
  return taken;
}
