import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLive } from "../../here/live-context.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import type { RunListed } from "../../live/patches.ts";
import { isNewcomer, type Runs, withNewcomer } from "./newcomers.ts";
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
 * Runs that were born since the page was read. They join it by themselves only while its top is on the screen and the page can tell whether
 * they fit; else they wait, as a number. `forget` is for when the page was read again.
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
    return live.onPatch((workspace, { topic, kind, id, patch }) => {
      if (workspace !== `${app}/${env}` || topic !== "runs" || kind !== "run" || patch === null) return;
      const page = client.getQueryData<Runs>(key);
      const run = patch as unknown as RunListed;
      if (page === undefined || id === null || !isNewcomer(page, { id })) return;
      if (fits?.(run) === false) return;
      const isJoining = isFirstPage && fits !== null && window.scrollY < TOP_PX;
      const grown = isJoining ? withNewcomer(page, run) : null;
      if (grown === null) setIds((known) => (known.has(id) ? known : new Set(known).add(id)));
      else client.setQueryData(key, grown);
    });
  }, [live, client, app, env, filter, isFirstPage, hash]);

  return { waiting: ids.size, isSure: judgeOf(filter) !== null, forget: () => setIds(new Set()) };
}
