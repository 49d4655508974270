import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLineState } from "../here/live-context.ts";

/** Without a stream for so long, the page asks by itself. */
export const WITHOUT_STREAM_MS = 20_000;
const ASK_MS = 5_000;

/** While the stream is away: what is on the screen is read again every 5 s, which the bar says. */
export function usePollWithoutStream(): void {
  const state = useLineState();
  const client = useQueryClient();
  const sinceMs = state?.is === "away" ? state.sinceMs : null;
  useEffect(() => {
    if (sinceMs === null) return;
    const timer = setInterval(() => {
      if (Date.now() - sinceMs >= WITHOUT_STREAM_MS && !document.hidden)
        void client.refetchQueries({ type: "active" });
    }, ASK_MS);
    return () => clearInterval(timer);
  }, [client, sinceMs]);
}
