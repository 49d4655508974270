import { useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import type { Run } from "../../live/patches.ts";
import { Empty } from "../../parts/empty.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";
import type { ChangeOptions } from "../../trace/options.ts";
import { TraceView } from "../../trace/trace-view.tsx";
import type { Traces, TracesState } from "../../trace/traces.ts";
import { type LogLine, ticksByStep } from "./log-filter.ts";
import { openPhases } from "./open-phases.ts";
import { hasEnded } from "./use-live-run.ts";

const SelectionPanel = lazy(() =>
  import("./selection-panel.tsx").then(({ SelectionPanel }) => ({ default: SelectionPanel })),
);

interface TraceTabProps {
  /** As it is, or as it was at the instant that is looked at. */
  readonly run: Run;
  /** Its settled steps are there. */
  readonly isWhole: boolean;
  readonly traces: Traces;
  readonly state: TracesState;
  readonly lines: readonly LogLine[];
  readonly change: ChangeOptions;
}

/** The waterfall, and beside it what is selected in it; on a phone below it. */
export function TraceTab({ run, isWhole, traces, state, lines, change }: TraceTabProps) {
  const options = useSearch({ from: "/$app/$env/runs/$id" });
  const phases = useMemo(() => openPhases(run), [run]);
  const { id } = run;
  const ticks = useMemo(() => ticksByStep(lines), [lines]);
  const root = state.loaded.get(id);
  const error = state.errors.get(id);
  const retry = () => traces.open(id);
  if (root === undefined || root === null)
    return error ? <ProblemPanel error={error} retry={retry} /> : <Skeleton rows={12} rowHeight={28} />;
  return (
    <div className="flex flex-col gap-4 xl:flex-row xl:items-start">
      <div className="min-w-0 flex-1 space-y-3">
        {error && <ProblemPanel error={error} retry={retry} />}
        <TraceView
          run={id}
          root={root}
          traces={traces}
          state={state}
          options={options}
          change={change}
          openPhases={phases}
          ticks={ticks}
        />
        {root.trace.spans.length === 0 && root.trace.isWhole && (
          <Empty title={hasEnded(run) ? "It had no steps" : "Nothing was recorded of it yet"}>
            {hasEnded(run)
              ? "Its handler ran from its beginning to its end in one call, and asked for none."
              : "Steps stand here once the app has been called; why it was not is said above."}
          </Empty>
        )}
      </div>
      {options.span !== undefined && (
        <Suspense fallback={null}>
          <SelectionPanel
            key={options.span}
            run={run}
            isWhole={isWhole}
            state={state}
            span={options.span}
            lines={lines}
            close={() => change({ span: undefined })}
          />
        </Suspense>
      )}
    </div>
  );
}
