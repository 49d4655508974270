import { lazy, Suspense, useMemo } from "react";
import type { Run } from "../../live/patches.ts";
import { Skeleton } from "../../parts/skeleton.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import type { ChangeOptions } from "../../trace/options.ts";
import type { Traces, TracesState } from "../../trace/traces.ts";
import { TraceTab } from "./trace-tab.tsx";
import type { RunLogs } from "./use-run-logs.ts";

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

interface RunTabsProps {
  readonly run: Run;
  /** As it was at the instant that is looked at. */
  readonly shown: Run;
  /** Its settled steps are there. */
  readonly isWhole: boolean;
  readonly tab: "trace" | "logs" | "journal" | "data" | "decisions" | "related";
  readonly at: string | undefined;
  readonly traces: Traces;
  readonly state: TracesState;
  readonly logs: RunLogs;
  readonly change: ChangeOptions;
}

export function RunTabs({ run, shown, isWhole, tab, at, traces, state, logs, change }: RunTabsProps) {
  const lines = useMemo(
    () =>
      at === undefined ? logs.items : logs.items.filter((line) => Date.parse(line.at) <= Date.parse(at)),
    [logs.items, at],
  );
  return (
    <>
      <Tabs
        label="Parts of the run"
        current={tab}
        tabs={[
          { id: "trace", label: "Trace" },
          { id: "logs", label: "Logs", count: logCount(logs) },
          { id: "journal", label: "Journal" },
          { id: "data", label: "Input and output" },
          { id: "decisions", label: "Decisions" },
          { id: "related", label: "Related", count: relatedCount(run) },
        ]}
      />
      <Suspense fallback={<Skeleton rows={10} />}>
        {tab === "trace" && (
          <TraceTab
            run={shown}
            isWhole={isWhole}
            traces={traces}
            state={state}
            lines={lines}
            change={change}
          />
        )}
        {tab === "logs" && <LogsTab run={run} logs={logs} lines={lines} change={change} />}
        {tab === "journal" && <JournalTab run={run} at={at} />}
        {tab === "data" && <DataTab run={shown} />}
        {tab === "decisions" && (
          <DecisionsTab run={run} spans={state.loaded.get(run.id)?.trace.spans ?? []} />
        )}
        {tab === "related" && <RelatedTab run={run} />}
      </Suspense>
    </>
  );
}

function logCount({ items, isWhole }: RunLogs): string | undefined {
  return items.length === 0 ? undefined : `${items.length.toLocaleString("en-GB")}${isWhole ? "" : "+"}`;
}

function relatedCount({ children, parent, origin, reruns }: Run): number | undefined {
  const count = children.length + reruns.length + (parent === null ? 0 : 1) + (origin === null ? 0 : 1);
  return count === 0 ? undefined : count;
}
