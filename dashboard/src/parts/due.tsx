import { clockTime, duration } from "../words/time.ts";
import { useNowMs } from "./now.ts";

/** An instant to come: `in 40 s`; the clock where it is pointed at. */
export function Due({ at }: { readonly at: string }) {
  const nowMs = useNowMs();
  const inMs = Date.parse(at) - nowMs;
  return (
    <time dateTime={at} title={clockTime(at, nowMs)}>
      {inMs < 1_000 ? "now" : `in ${duration(Math.round(inMs / 1_000) * 1_000).replace(/\.\d s$/, " s")}`}
    </time>
  );
}
