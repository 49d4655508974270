import { useEffect, useState } from "react";
import { useLive, useTopics } from "./live-context.ts";
import { useWorkspace } from "./workspace.ts";

/** What the stream says of the whole workspace, at most once a second. */
export interface Counters {
  /** Live runs by status. */
  readonly runs: Readonly<Record<string, number>>;
  /** There are more live runs than were counted. */
  readonly more: boolean;
  /** Open questions to people. */
  readonly open_inputs: number;
}

/** Null until the stream has said it. */
export function useCounters(): Counters | null {
  const live = useLive();
  const { app, env } = useWorkspace();
  const [said, setSaid] = useState<{ readonly of: string; readonly counters: Counters } | null>(null);
  useTopics(["counters"]);
  useEffect(
    () =>
      live.onPatches((workspace, patches) => {
        const said = patches.findLast(({ kind, patch }) => kind === "counters" && patch !== null);
        if (said !== undefined && workspace === `${app}/${env}`)
          setSaid({ of: workspace, counters: said.patch as unknown as Counters });
      }),
    [live, app, env],
  );
  return said?.of === `${app}/${env}` ? said.counters : null;
}
