import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo } from "react";
import { useAnswer } from "../../api/query.ts";
import type { Run } from "../../live/patches.ts";
import { Answered } from "../../parts/answered.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { useWorkspaceParams } from "../../shell/workspace.ts";
import type { ChangeOptions } from "../../trace/options.ts";
import { RunHead } from "./run-head.tsx";
import { TraceTab } from "./trace-tab.tsx";
import { hasEnded, useLiveRun, useTraces } from "./use-live-run.ts";
import { useRunLogs } from "./use-run-logs.ts";

// The trace is what people come for; the other parts are fetched when they are looked at.
const LogsTab = lazy(() => import("./logs-tab.tsx").then(({ LogsTab }) => ({ default: LogsTab })));
const JournalTab = lazy(() =>
  import("./journal-tab.tsx").then(({ JournalTab }) => ({ default: JournalTab })),
);
const DataTab = lazy(() => import("./data-tab.tsx").then(({ DataTab }) => ({ default: DataTab })));
const DecisionsTab = lazy(() =>
  import("./decisions-tab.tsx").then(({ DecisionsTab }) => ({ default: DecisionsTab })),
);
const RelatedTab = lazy(() =>
  import("./related-tab.tsx").then(({ RelatedTab }) => ({ default: RelatedTab })),
);

export function RunScreen() {
  const { id } = useParams({ from: "/$app/$env/runs/$id" });
  const run = useLiveRun(id);
  // Another run is another screen: what was turned and typed was about that one.
  return (
    <Answered query={run} rows={16}>
      {(answer) => <RunPage key={answer.id} run={answer} />}
    </Answered>
  );
}

function RunPage({ run }: { readonly run: Run }) {
  const params = useWorkspaceParams();
  const search = useSearch({ from: "/$app/$env/runs/$id" });
  const navigate = useNavigate({ from: "/$app/$env/runs/$id" });
  const { traces, state } = useTraces(run.id);
  const logs = useRunLogs(run.id, !hasEnded(run));
  const then = useAnswer(
    "getRun",
    { params: { ...params, id: run.id }, query: { at: search.at } },
    { when: search.at !== undefined, keep: true },
  );
  const isThen = search.at !== undefined;
  const shown = isThen && then.data?.id === run.id ? then.data : run;
  const change: ChangeOptions = useCallback(
    (options) =>
      void navigate({ search: (now) => ({ ...now, ...options }), replace: true, resetScroll: false }),
    [navigate],
  );
  const lines = useMemo(
    () =>
      search.at === undefined
        ? logs.items
        : logs.items.filter(({ at }) => Date.parse(at) <= Date.parse(search.at!)),
    [logs.items, search.at],
  );
  const tab = search.tab ?? "trace";
  const loaded = state.loaded.get(run.id);
  const time = loaded?.trace.time ?? null;
  return (
    <>
      <RunHead run={run} shown={shown} time={time} isThen={isThen} />
      {isThen && then.error && <ProblemPanel error={then.error} />}
      <Tabs
        label="Parts of the run"
        current={tab}
        tabs={[
          { id: "trace", label: "Trace" },
          { id: "logs", label: "Logs", count: logs.items.length === 0 ? undefined : countSaid(logs) },
          { id: "journal", label: "Journal" },
          { id: "data", label: "Input and output" },
          { id: "decisions", label: "Decisions" },
          { id: "related", label: "Related", count: relatedCount(run) },
        ]}
      />
      <Suspense fallback={<Skeleton rows={10} />}>
        {tab === "trace" && (
          <TraceTab run={shown} traces={traces} state={state} lines={lines} change={change} />
        )}
        {tab === "logs" && <LogsTab run={run} logs={logs} lines={lines} change={change} />}
        {tab === "journal" && <JournalTab run={run} at={search.at} />}
        {tab === "data" && <DataTab run={shown} />}
        {tab === "decisions" && <DecisionsTab run={run} spans={loaded?.trace.spans ?? []} />}
        {tab === "related" && <RelatedTab run={run} />}
      </Suspense>
    </>
  );
}

function countSaid({
  items,
  isWhole,
}: {
  readonly items: readonly unknown[];
  readonly isWhole: boolean;
}): string {
  return `${items.length.toLocaleString("en-GB")}${isWhole ? "" : "+"}`;
}

function relatedCount({ children, parent, origin, reruns }: Run): number | undefined {
  const count = children.length + reruns.length + (parent === null ? 0 : 1) + (origin === null ? 0 : 1);
  return count === 0 ? undefined : count;
}
