// What the clocks of a time zone show, as stretches of time over which they differ from UTC by the same. `Intl` knows only
// what they show at one instant, so where they are put forward or back is found by halving.

const SECOND_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * SECOND_MS;
/** Looked up together, and kept. */
const WINDOW_MS = 16 * DAY_MS;
const WINDOWS_KEPT_MAX = 5_000;

export interface Stretch {
  readonly fromMs: number;
  /** The first instant that is no part of it. */
  readonly toMs: number;
  /** What clocks show is UTC plus this. */
  readonly offsetMs: number;
  /** So much of what clocks show is left out right before it: they were put forward. */
  readonly gapMs: number;
  /** Before this instant clocks show what they have shown before: they were put back. */
  readonly repeatsToMs: number;
}

const windows = new Map<string, readonly Stretch[]>();

/** @param zone Of the IANA data base. */
export function stretchAt(zone: string, atMs: number): Stretch {
  const no = Math.floor(atMs / WINDOW_MS);
  const key = `${zone} ${no}`;
  let stretches = windows.get(key);
  if (stretches === undefined) {
    if (windows.size >= WINDOWS_KEPT_MAX) windows.clear();
    stretches = stretchesOf(zone, no * WINDOW_MS, (no + 1) * WINDOW_MS);
    windows.set(key, stretches);
  }
  return stretches.find(({ toMs }) => atMs < toMs)!;
}

/** From a day earlier on, for clocks that were put back just before still repeat themselves. */
function stretchesOf(zone: string, startMs: number, endMs: number): Stretch[] {
  const found: Stretch[] = [];
  let fromMs = startMs - DAY_MS;
  let offsetMs = offsetAt(zone, fromMs);
  let shiftMs = 0;
  const end = (toMs: number) => {
    if (toMs <= startMs) return;
    found.push({
      fromMs: Math.max(fromMs, startMs),
      toMs,
      offsetMs,
      gapMs: fromMs >= startMs ? Math.max(shiftMs, 0) : 0,
      repeatsToMs: fromMs - Math.min(shiftMs, 0),
    });
  };
  for (let atMs = fromMs; atMs < endMs; atMs += DAY_MS) {
    const nextMs = Math.min(atMs + DAY_MS, endMs - SECOND_MS);
    while (offsetAt(zone, nextMs) !== offsetMs) {
      const changeMs = changeBetween(zone, Math.max(fromMs, atMs), nextMs, offsetMs);
      end(changeMs);
      fromMs = changeMs;
      const changedMs = offsetAt(zone, changeMs);
      shiftMs = changedMs - offsetMs;
      offsetMs = changedMs;
    }
  }
  end(endMs);
  return found;
}

/** The first instant after `fromMs`, where the offset still is `offsetMs`, at which it is another. Clocks change at whole seconds. */
function changeBetween(zone: string, fromMs: number, toMs: number, offsetMs: number): number {
  let before = fromMs;
  let after = toMs;
  while (after - before > SECOND_MS) {
    const middle = Math.floor((before + after) / 2 / SECOND_MS) * SECOND_MS;
    if (offsetAt(zone, middle) === offsetMs) before = middle;
    else after = middle;
  }
  return after;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function offsetAt(zone: string, atMs: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  const shown: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(atMs)) shown[type] = Number(value);
  const { year, month, day, hour, minute, second } = shown;
  return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!) - atMs;
}
