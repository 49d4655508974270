import { useEffect, useMemo, useSyncExternalStore } from "react";
import { call } from "../../api/call.ts";
import { useLive, useTopics } from "../../here/live-context.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { isLater, type LogLine } from "./log-filter.ts";
import { TailList, type TailState } from "./tail-list.ts";

const LINES_PER_PAGE = 1_000;
/** Read by themselves; more when somebody asks. */
const LINES_AT_FIRST = 5_000;

export interface RunLogs extends TailState<LogLine> {
  readonly more: () => void;
}

/** What the code of a run's steps said, and says: pages first, then the stream from the last line on. */
export function useRunLogs(id: string, isOpen: boolean): RunLogs {
  const { app, env } = useWorkspaceParams();
  const live = useLive();
  const list = useMemo(
    () =>
      new TailList<LogLine>(async (last, signal) => {
        const after = last === null ? {} : { after: last.id };
        const query = { ...after, limit: LINES_PER_PAGE };
        const { logs, next } = await call("listRunLogs", { params: { app, env, id }, query }, signal);
        return { items: logs, isLast: next === null };
      }),
    [app, env, id],
  );
  const state = useSyncExternalStore(list.onState, () => list.state);
  useEffect(() => list.start(LINES_AT_FIRST), [list]);

  const from = useMemo(
    () => (state.isWhole ? (list.state.items.at(-1)?.id ?? "0") : null),
    [list, state.isWhole],
  );
  useTopics(isOpen && from !== null ? [`logs:${id}@${from}`] : []);
  useEffect(
    () =>
      live.onPatches((workspace, patches) => {
        if (workspace !== `${app}/${env}`) return;
        const said = patches.filter(
          ({ kind, topic, patch }) => kind === "log" && topic === `logs:${id}` && patch !== null,
        );
        list.push(
          said.map(({ patch }) => patch as unknown as LogLine),
          isLater,
        );
      }),
    [live, list, app, env, id],
  );
  return { ...state, more: () => list.more() };
}
