import { useEffect, useRef } from "react";
import { useLive } from "./live-context.ts";
import { useWorkspaceParams } from "./workspace.ts";

/**
 * Calls back when the stream told of something of these kinds, at most once in so many milliseconds: for answers that a patch cannot
 * change, such as counts. Nothing is asked while nothing happens.
 */
export function useNews(kinds: readonly string[], everyMs: number, tell: () => void): void {
  const live = useLive();
  const { app, env } = useWorkspaceParams();
  const latest = useRef(tell);
  latest.current = tell;
  const joined = kinds.join();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = live.onPatches((workspace, patches) => {
      const awaited = joined.split(",");
      if (workspace !== `${app}/${env}` || !patches.some(({ kind }) => awaited.includes(kind))) return;
      timer ??= setTimeout(() => {
        timer = null;
        if (!document.hidden) latest.current();
      }, everyMs);
    });
    return () => {
      stop();
      clearTimeout(timer ?? undefined);
    };
  }, [live, app, env, joined, everyMs]);
}
