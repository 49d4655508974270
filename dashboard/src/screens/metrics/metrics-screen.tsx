import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { useAnswer } from "../../api/query.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { Choice } from "../../parts/choice.tsx";
import { download } from "../../parts/download.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { RangePicker } from "../../parts/range-picker.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { useMinuteMs, useSpan } from "../../parts/use-span.ts";
import { clockTime } from "../../words/time.ts";
import { createdWithin, RANGE } from "../../words/time-range.ts";
import { FunctionFigures } from "./function-figures.tsx";
import { MetricCharts } from "./metric-charts.tsx";
import { MetricTotals } from "./metric-totals.tsx";
import { csvOf } from "./metrics-model.ts";

const READ_MS = 15_000;
const USUAL = "24h";

/** How many runs, how many of them failed, how long they took, and where that time went. */
export function MetricsScreen() {
  const params = useWorkspaceParams();
  const navigate = useNavigate();
  const { range = USUAL, fn, p = "p95" } = useSearch({ from: "/$app/$env/metrics" });
  const span = useSpan(range);
  const nowMs = useMinuteMs();
  const query = { from: new Date(span.fromMs).toISOString(), step: span.stepMs / 1_000, function: fn };
  const metrics = useAnswer("getMetrics", { params, query }, { keep: true });
  const functions = useAnswer("listFunctions", { params });
  useReadAsRunsMove(["getMetrics"], READ_MS);
  const pick = (from: number, to: number) => {
    const q = [createdWithin(from, to), ...(fn === undefined ? [] : [`function:${fn}`])].join(" ");
    void navigate({ to: "/$app/$env/runs", params, search: { q } });
  };
  return (
    <>
      <PageHead
        title="Metrics"
        description="Runs, failures and durations, by the minute, for 30 days."
        actions={
          <>
            <RangePicker range={range} usual={USUAL} />
            <Refresh query={metrics} />
          </>
        }
      />
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <Choice
          label="Function"
          name="fn"
          value={fn}
          all="All"
          options={(functions.data?.functions ?? []).map(({ id }) => ({ value: id, label: id }))}
        />
        <Choice
          label="Durations"
          name="p"
          value={p === "p95" ? undefined : p}
          all="p95: 19 of 20 were faster"
          options={[
            { value: "p50", label: "p50: half were faster" },
            { value: "p99", label: "p99: 99 of 100 were faster" },
          ]}
        />
        <span className="flex-1" />
        {metrics.data && (
          <Button
            onClick={() =>
              download(`${params.app}-${params.env}-${range}.csv`, "text/csv", csvOf(metrics.data.points))
            }
          >
            <Download aria-hidden size={14} />
            CSV
          </Button>
        )}
      </div>
      <Answered query={metrics} rows={14}>
        {({ points, functions: byFunction, read_to, lost_at }) => (
          <div className="space-y-4">
            {lost_at !== null && Date.parse(lost_at) >= span.fromMs && (
              <p className="rounded-md bg-calm-ground px-3 py-2 text-sm text-calm">
                Some figures before {clockTime(lost_at, nowMs)} are missing: no engine had counted for half a
                day.
              </p>
            )}
            <MetricTotals points={points} functions={byFunction} readTo={read_to} />
            <MetricCharts
              points={points}
              span={span}
              percentile={p}
              said={RANGE[range].said}
              labels={{ ...params, fn }}
              onPick={pick}
            />
            <FunctionFigures functions={byFunction} percentile={p} said={RANGE[range].said} />
          </div>
        )}
      </Answered>
    </>
  );
}
