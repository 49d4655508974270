import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useAnswer } from "../../api/query.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { RangePicker } from "../../parts/range-picker.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { useMinuteMs, useSpan } from "../../parts/use-span.ts";
import { createdWithin, RANGE } from "../../words/time-range.ts";
import { BacklogCharts } from "./backlog-charts.tsx";
import { backlogModel, trendOf } from "./backlog-model.ts";
import { BacklogNow } from "./backlog-now.tsx";
import { FunctionRates } from "./function-rates.tsx";

/** Figures are counted every ten seconds, the queue once a minute. */
const READ_MS = 15_000;
const USUAL = "1h";

/** How much waits to be run, since when, and whether it becomes more. */
export function BacklogScreen() {
  const params = useWorkspaceParams();
  const navigate = useNavigate();
  const { range = USUAL, fn } = useSearch({ from: "/$app/$env/backlog" });
  const span = useSpan(range);
  const nowMs = useMinuteMs();
  const query = { from: new Date(span.fromMs).toISOString(), step: span.stepMs / 1_000, function: fn };
  const metrics = useAnswer("getMetrics", { params, query }, { keep: true });
  useReadAsRunsMove(["getMetrics"], READ_MS);
  const model = useMemo(() => (metrics.data ? backlogModel(metrics.data, span) : null), [metrics.data, span]);
  const pick = (from: number, to: number) =>
    void navigate({ to: "/$app/$env/runs", params, search: { q: createdWithin(from, to) } });
  return (
    <>
      <PageHead
        title="Backlog"
        description="What is queued: ready to go on, but without a free slot, a place at a limit or an app that answers."
        actions={
          <>
            <RangePicker range={range} usual={USUAL} />
            <Refresh query={metrics} />
          </>
        }
      />
      <Answered query={metrics} rows={12}>
        {({ functions, backlog }) => (
          <div className="space-y-4">
            <BacklogNow last={backlog.at(-1) ?? null} trend={trendOf(backlog, nowMs)} />
            {model && <BacklogCharts model={model} said={RANGE[range].said} onPick={pick} />}
            <FunctionRates
              functions={functions}
              minutes={RANGE[range].ms / 60_000}
              said={RANGE[range].said}
            />
          </div>
        )}
      </Answered>
    </>
  );
}
