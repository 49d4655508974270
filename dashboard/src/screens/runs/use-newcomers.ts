import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLive } from "../../here/live-context.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { newcomersOf, type Runs, withNewcomers } from "./newcomers.ts";
import { judgeOf } from "./query-text.ts";

/** So far from the top somebody still looks at the newest ones. */
const TOP_PX = 120;

interface Asked {
  readonly key: QueryKey;
  readonly filter: string;
  /** Not of the newest page: nothing joins it. */
  readonly isFirstPage: boolean;
}

/**
 * Runs that were born since the page was read. They join it by themselves only while its top is on the screen, the page can tell whether
 * they fit, and they are not too many to be read; else they wait, as a number. `forget` is for when the page was read again.
 */
export function useNewcomers({ key, filter, isFirstPage }: Asked): {
  readonly waiting: number;
  /** They fit; false: only the engine can tell. */
  readonly isSure: boolean;
  readonly forget: () => void;
} {
  const live = useLive();
  const client = useQueryClient();
  const { app, env } = useWorkspaceParams();
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const hash = JSON.stringify(key);
  useEffect(() => setIds(new Set()), [hash]);
  useEffect(() => {
    const fits = judgeOf(filter);
    return live.onPatches((workspace, patches) => {
      const page = client.getQueryData<Runs>(key);
      if (workspace !== `${app}/${env}` || page === undefined) return;
      const runs = newcomersOf(page, patches).filter((run) => fits?.(run) !== false);
      if (runs.length === 0) return;
      const isJoining = isFirstPage && fits !== null && window.scrollY < TOP_PX;
      const grown = isJoining ? withNewcomers(page, runs) : null;
      const ids = runs.map(({ id }) => id);
      if (grown === null)
        setIds((known) => (ids.every((id) => known.has(id)) ? known : new Set([...known, ...ids])));
      else client.setQueryData(key, grown);
    });
  }, [live, client, app, env, filter, isFirstPage, hash]);

  return { waiting: ids.size, isSure: judgeOf(filter) !== null, forget: () => setIds(new Set()) };
}
