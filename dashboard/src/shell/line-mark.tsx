import { useLineState } from "../here/live-context.ts";
import { joinClasses } from "../parts/join-classes.ts";
import { useNowMs } from "../parts/now.ts";
import { age } from "../words/time.ts";
import { WITHOUT_STREAM_MS } from "./fallback.ts";

/** A break that is over before anybody reads of it is not told. */
const NOTICED_MS = 1_000;

/** Whether what is on the screen moves by itself. */
export function LineMark() {
  const state = useLineState();
  const nowMs = useNowMs();
  if (state === null) return null;
  if (state.is === "refused") return <Refused detail={state.detail} />;
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

/** Nothing moves by itself, because the engine lets nobody with this right follow. */
function Refused({ detail }: { readonly detail: string }) {
  return (
    <span role="status" title={detail} className="inline-flex min-w-0 items-center gap-1.5 text-xs text-bad">
      <span aria-hidden className="size-2 shrink-0 rounded-full bg-bad" />
      <span className="sr-only sm:not-sr-only sm:truncate">Not live: {detail}</span>
    </span>
  );
}
