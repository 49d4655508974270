import { joinClasses } from "../parts/join-classes.ts";
import { useNowMs } from "../parts/now.ts";
import { age } from "../words/time.ts";
import { useLineState } from "./live-context.ts";

/** Whether what is on the screen moves by itself. */
export function LineMark() {
  const state = useLineState();
  const nowMs = useNowMs();
  if (state === null) return null;
  const isOpen = state.is === "open";
  return (
    <span
      role="status"
      className={joinClasses("inline-flex items-center gap-1.5 text-xs", isOpen ? "text-muted" : "text-bad")}
    >
      <span aria-hidden className={joinClasses("size-2 rounded-full", isOpen ? "bg-good" : "bg-bad")} />
      {isOpen ? "Live" : `Reconnecting, data from ${age(Math.max(0, nowMs - state.sinceMs))} ago`}
    </span>
  );
}
