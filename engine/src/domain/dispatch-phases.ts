// The phases of one dispatch, from the instants that were recorded for it and nothing else.
import { type Interval, interval } from "./phase.ts";
import type { RecordedLimitWait, RecordedTimes } from "./recorded-run.ts";

/**
 * `committedMs`: when what it brought was on its way to disk; null when that is not known. `limits`: the waits of its job,
 * the oldest first. The app's figure is a duration: it lies in the middle of the time until the first byte came, because the
 * way there and the way back are not told apart. A checkpoint has no request of its own: its figure ends where it came.
 */
export function dispatchPhases(
  times: RecordedTimes,
  committedMs: number | null,
  limits: readonly RecordedLimitWait[] = [],
): Interval[] {
  const { scheduledMs, leasedMs, sentMs, receivedMs } = times;
  const phases: Interval[] = [];
  let readyMs = scheduledMs;
  for (const { untilMs, limit } of limits) {
    if (readyMs === null || untilMs === null || untilMs <= readyMs) continue;
    phases.push(interval("limit", readyMs, untilMs, limit));
    readyMs = untilMs;
  }
  if (readyMs !== null && leasedMs !== null) phases.push(interval("queue", readyMs, leasedMs));
  if (leasedMs !== null && sentMs !== null)
    phases.push(interval("engine", Math.max(leasedMs, scheduledMs ?? leasedMs), sentMs));
  phases.push(...exchangePhases(times));
  if (receivedMs !== null && committedMs !== null) phases.push(interval("engine", receivedMs, committedMs));
  return phases.filter(({ fromMs, toMs }) => toMs > fromMs);
}

function exchangePhases({ sentMs, firstByteMs, receivedMs, appMs }: RecordedTimes): Interval[] {
  if (receivedMs === null) return [];
  if (sentMs === null) return appMs === null ? [] : [interval("app", receivedMs - appMs, receivedMs)];
  if (appMs === null) return [interval("network", sentMs, receivedMs)];
  const answeredMs = Math.min(Math.max(firstByteMs ?? receivedMs, sentMs), receivedMs);
  const insideMs = Math.min(Math.max(appMs, 0), answeredMs - sentMs);
  const wayMs = (answeredMs - sentMs - insideMs) / 2;
  return [
    interval("network", sentMs, sentMs + wayMs),
    interval("app", sentMs + wayMs, answeredMs - wayMs),
    interval("network", answeredMs - wayMs, receivedMs),
  ];
}
