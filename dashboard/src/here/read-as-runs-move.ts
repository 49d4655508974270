import type { ReadOperation } from "@durable/engine/api";
import { useEffect } from "react";
import { useReadAgain } from "../api/read-again.ts";
import { useLive, useTopics } from "./live-context.ts";
import { useWorkspace } from "./workspace.ts";

/** However fast runs move, what is cheap to read is not read more often than this. */
const EVERY_MS = 2_000;

/**
 * Places at limits, figures and the like are no topic of the stream: whatever changes them changes how many runs there are of some
 * status, and that is one. So they are read again when it says so, and not while nothing happens.
 */
export function useReadAsRunsMove(operations: readonly ReadOperation[], everyMs = EVERY_MS): void {
  const live = useLive();
  const { app, env } = useWorkspace();
  const readAgain = useReadAgain(...operations);
  useTopics(["counters"]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const off = live.onPatches((workspace, patches) => {
      if (workspace !== `${app}/${env}` || !patches.some(({ kind }) => kind === "counters")) return;
      timer ??= setTimeout(() => {
        timer = null;
        if (!document.hidden) readAgain();
      }, everyMs);
    });
    return () => {
      off();
      clearTimeout(timer ?? undefined);
    };
  }, [live, app, env, readAgain, everyMs]);
}
