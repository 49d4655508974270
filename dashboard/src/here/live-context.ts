import { createContext, useContext, useEffect, useSyncExternalStore } from "react";
import type { Live } from "../live/live.ts";
import type { LineState } from "../live/messages.ts";
import { useWorkspace } from "./workspace.ts";

export const LiveContext = createContext<Live | null>(null);

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("There is no line here.");
  return live;
}

/** As long as the screen shows it, the stream tells these of its workspace. An empty list: nothing. */
export function useTopics(topics: readonly string[]): void {
  const live = useLive();
  const { app, env } = useWorkspace();
  const joined = topics.join();
  useEffect(() => {
    if (joined === "") return;
    return live.follow(`${app}/${env}`, joined.split(","));
  }, [live, app, env, joined]);
}

/** Null while nothing is followed. */
export function useLineState(): LineState | null {
  const live = useLive();
  const { app, env } = useWorkspace();
  return useSyncExternalStore(live.onState, () => live.stateOf(`${app}/${env}`));
}
