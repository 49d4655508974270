import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { useAnswer } from "../../api/query.ts";
import { Answered } from "../../parts/answered.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { useWorkspaceParams } from "../../shell/workspace.ts";
import type { ChangeOptions } from "../../trace/options.ts";
import { EarlyHead } from "./early-head.tsx";
import { RunHead } from "./run-head.tsx";
import { RunTabs } from "./run-tabs.tsx";
import { hasEnded, useLiveRun, useTraces } from "./use-live-run.ts";
import { useRunLogs } from "./use-run-logs.ts";

export function RunScreen() {
  const { id } = useParams({ from: "/$app/$env/runs/$id" });
  // Another run is another screen: what was turned and typed was about that one.
  return <RunPage key={id} id={id} />;
}

function RunPage({ id }: { readonly id: string }) {
  const params = { ...useWorkspaceParams(), id };
  const search = useSearch({ from: "/$app/$env/runs/$id" });
  const navigate = useNavigate({ from: "/$app/$env/runs/$id" });
  const query = useLiveRun(id);
  const run = query.data ?? null;
  const { traces, state } = useTraces(id);
  const logs = useRunLogs(id, run !== null && !hasEnded(run));
  const isThen = search.at !== undefined;
  const then = useAnswer("getRun", { params, query: { at: search.at } }, { when: isThen, keep: true });
  const shown = isThen && then.data?.id === id ? then.data : run;
  const change: ChangeOptions = useCallback(
    (options) =>
      void navigate({ search: (now) => ({ ...now, ...options }), replace: true, resetScroll: false }),
    [navigate],
  );
  const trace = state.loaded.get(id)?.trace;
  // A run of thousands of steps takes its time with all their results; its trace comes page by page and need not wait.
  if (run === null && (trace === undefined || query.error !== null))
    return (
      <Answered query={query} rows={16}>
        {() => null}
      </Answered>
    );
  return (
    <>
      {run === null || shown === null ? (
        <EarlyHead trace={trace!} />
      ) : (
        <RunHead run={run} shown={shown} time={trace?.time ?? null} isThen={isThen} />
      )}
      {query.error && <ProblemPanel error={query.error} retry={() => void query.refetch()} />}
      {isThen && then.error && <ProblemPanel error={then.error} />}
      <RunTabs
        id={id}
        run={run}
        shown={shown}
        tab={search.tab ?? "trace"}
        at={search.at}
        traces={traces}
        state={state}
        logs={logs}
        change={change}
      />
    </>
  );
}
