import { useMemo } from "react";
import { RANGE, type Range, type Span, spanOf } from "../words/time-range.ts";
import { useNowAs } from "./now.ts";

/** The time of a range up to now: another one with each step, not with each second. */
export function useSpan(range: Range): Span {
  const toMs = useNowAs((nowMs) => spanOf(range, nowMs).toMs);
  return useMemo(
    () => ({ fromMs: toMs - RANGE[range].ms, toMs, stepMs: RANGE[range].stepMs }),
    [range, toMs],
  );
}

/** Which day it is, for instants that are said without it: once a minute is enough. */
export function useMinuteMs(): number {
  return useNowAs((nowMs) => Math.floor(nowMs / 60_000) * 60_000);
}
