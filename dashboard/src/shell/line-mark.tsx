import { joinClasses } from "../parts/join-classes.ts";
import { useNowMs } from "../parts/now.ts";
import { age } from "../words/time.ts";
import { WITHOUT_STREAM_MS } from "./fallback.ts";
import { useLineState } from "./live-context.ts";

/** A break that is over before anybody reads of it is not told. */
const NOTICED_MS = 1_000;

/** Whether what is on the screen moves by itself. */
export function LineMark() {
  const state = useLineState();
  const nowMs = useNowMs();
  if (state === null) return null;
  const awayMs = state.is === "open" ? 0 : nowMs - state.sinceMs;
  const isLive = awayMs < NOTICED_MS;
  const said = isLive
    ? "Live"
    : awayMs < WITHOUT_STREAM_MS
      ? `Reconnecting, data from ${age(awayMs)} ago`
      : "No stream, asking every 5 s";
  return (
    <span
      role="status"
      className={joinClasses("inline-flex items-center gap-1.5 text-xs", isLive ? "text-muted" : "text-bad")}
    >
      <span aria-hidden className={joinClasses("size-2 rounded-full", isLive ? "bg-good" : "bg-bad")} />
      <span className="sr-only sm:not-sr-only">{said}</span>
    </span>
  );
}
