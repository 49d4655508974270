import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type * as z from "zod/mini";
import { useAnswer } from "../../api/query.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import type { ChangeOptions } from "../../trace/options.ts";
import { RunHead } from "./run-head.tsx";
import type { RunSearch } from "./run-search.ts";
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
  const wantsSteps = asksForSteps(search);
  const { head, run: known, isWhole } = useLiveRun(id, wantsSteps);
  const run = known ?? null;
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
  if (run === null || shown === null)
    return (
      <>
        <h1 className="mb-3 text-xl font-semibold">Run</h1>
        <Answered query={head} rows={16} title="Run">
          {() => null}
        </Answered>
      </>
    );
  return (
    <>
      <RunHead
        run={run}
        shown={shown}
        time={state.loaded.get(id)?.trace.time ?? null}
        isThen={isThen}
        isWhole={isWhole}
      />
      {head.error && <ProblemPanel error={head.error} retry={() => void head.refetch()} />}
      {isThen && then.error && <ProblemPanel error={then.error} />}
      <RunTabs
        run={run}
        isWhole={isWhole || isThen}
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

type Search = Partial<z.infer<typeof RunSearch>>;

/** Results and tries of settled steps may be many megabytes: they are read when somebody looks at them. */
function asksForSteps({ tab, span, act }: Search): boolean {
  return span !== undefined || tab === "decisions" || act === "rerun" || act === "repair" || act === "copy";
}
