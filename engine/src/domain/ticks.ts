// When a cron line comes, in the time of a zone. Clocks there are put forward and back, and what they show is what the
// line speaks of:
//
//   forward, 2:00 -> 3:00   what would come at a time that is left out comes at the first instant after it, once
//   back, 3:00 -> 2:00      what comes at a time that is shown twice comes at the first of the two
//
// A line for all hours means time that passes: it comes whenever clocks show what it says, twice where they do.

import type { Cron } from "./cron.ts";
import { stretchAt } from "./time-zone.ts";

export interface CronInZone {
  readonly cron: Cron;
  /** Of the IANA data base. */
  readonly zone: string;
}

const SECOND_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * SECOND_MS;
/** A 29th of February on a Monday comes every 28 years, and every 40 where a century is no leap year. */
const AHEAD_MS_MAX = 41 * 366 * DAY_MS;

/** The instants at which it comes: after `afterMs`, up to `untilMs`. */
export function* ticksAfter(
  { cron, zone }: CronInZone,
  afterMs: number,
  untilMs: number = afterMs + AHEAD_MS_MAX,
): Generator<number, void, undefined> {
  let atMs = (Math.floor(afterMs / SECOND_MS) + 1) * SECOND_MS;
  while (atMs <= untilMs) {
    const { fromMs, toMs, offsetMs, gapMs, repeatsToMs } = stretchAt(zone, atMs);
    if (!cron.isEveryHour) {
      const shownMs = fromMs + offsetMs;
      if (gapMs > 0 && atMs === fromMs && firstShown(cron, shownMs - gapMs, shownMs) !== null) {
        yield atMs;
        atMs += SECOND_MS;
        continue;
      }
      atMs = Math.max(atMs, repeatsToMs);
    }
    const shown = firstShown(cron, atMs + offsetMs, toMs + offsetMs);
    if (shown === null) {
      atMs = toMs;
      continue;
    }
    atMs = shown - offsetMs;
    if (atMs > untilMs) return;
    yield atMs;
    atMs += SECOND_MS;
  }
}

/** The first tick after `afterMs`. */
export function tickAfter(line: CronInZone, afterMs: number): number | null {
  return ticksAfter(line, afterMs).next().value ?? null;
}

/** The last `count` ticks after `afterMs` up to `untilMs`, ascending: walked from the end, however far away the beginning is. */
export function lastTicks(line: CronInZone, afterMs: number, untilMs: number, count: number): number[] {
  for (let backMs = 60 * SECOND_MS; ; backMs *= 2) {
    const fromMs = Math.max(afterMs, untilMs - backMs);
    const ticks = [...ticksAfter(line, fromMs, untilMs)];
    if (ticks.length >= count || fromMs === afterMs) return ticks.slice(-count);
  }
}

/** The first that clocks show from `fromMs` on and before `toMs` and that the line names, as if it were UTC. */
function firstShown(cron: Cron, fromMs: number, toMs: number): number | null {
  let dayMs = Math.floor(fromMs / DAY_MS) * DAY_MS;
  let fromSecond = Math.ceil((fromMs - dayMs) / SECOND_MS);
  while (dayMs < toMs) {
    const date = new Date(dayMs);
    if (!cron.months.includes(date.getUTCMonth() + 1)) {
      dayMs = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    } else {
      const second = isDay(cron, date) ? secondFrom(cron, fromSecond) : null;
      if (second !== null) {
        const shownMs = dayMs + second * SECOND_MS;
        return shownMs < toMs ? shownMs : null;
      }
      dayMs += DAY_MS;
    }
    fromSecond = 0;
  }
  return null;
}

function isDay({ days, weekdays, isEitherDay }: Cron, date: Date): boolean {
  const isOfMonth = days.includes(date.getUTCDate());
  const isOfWeek = weekdays.includes(date.getUTCDay());
  return isEitherDay ? isOfMonth || isOfWeek : isOfMonth && isOfWeek;
}

/** Of a day, from a second of it on. */
function secondFrom({ hours, minutes, seconds }: Cron, from: number): number | null {
  for (const hour of hours) {
    if (hour * 3600 + 3599 < from) continue;
    for (const minute of minutes) {
      const start = hour * 3600 + minute * 60;
      if (start + 59 < from) continue;
      for (const second of seconds) if (start + second >= from) return start + second;
    }
  }
  return null;
}
