import { type ReactNode, useMemo } from "react";
import { Chart } from "../../parts/chart.tsx";
import { axisDuration, peakOf } from "../../parts/chart-scale.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { useMinuteMs } from "../../parts/use-span.ts";
import { countOf, grouped, percent, short } from "../../words/number.ts";
import { clockTime, duration } from "../../words/time.ts";
import type { Span } from "../../words/time-range.ts";
import { metricsModel, type Percentile, type PhaseName, type Point, totalsOf } from "./metrics-model.ts";
import { durationQuery, endedQuery, type FigureLabels, failedShareQuery, startedQuery } from "./prom-ql.ts";

interface MetricChartsProps {
  readonly points: readonly Point[];
  readonly span: Span;
  readonly percentile: Percentile;
  readonly said: string;
  readonly labels: FigureLabels;
  readonly onPick: (fromMs: number, toMs: number) => void;
}

const LINES: readonly { readonly phase: PhaseName; readonly label: string; readonly isDashed?: boolean }[] = [
  { phase: "app", label: "Your code" },
  { phase: "network", label: "Network", isDashed: true },
  { phase: "queue", label: "Waiting for a free slot", isDashed: true },
];

export function MetricCharts({ points, span, percentile, said, labels, onPick }: MetricChartsProps) {
  const nowMs = useMinuteMs();
  const model = useMemo(() => metricsModel(points, span, percentile), [points, span, percentile]);
  const { started, failed, ended } = totalsOf(points);
  const { timesMs, phases } = model;
  const shared = { timesMs, onPick, syncKey: "metrics" };
  const peak = (values: readonly (number | null)[], format: (value: number) => string, what: string) => {
    const index = peakOf(values);
    if (index === null || values[index] === 0) return `Nothing was measured in ${said}.`;
    return `${what} ${format(values[index]!)} at most, at ${clockTime(new Date(timesMs[index]!).toISOString(), nowMs)}.`;
  };
  const minutes = (span.toMs - span.fromMs) / 60_000;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <p className="text-sm text-muted lg:col-span-2">
        A click on a chart, or a drag over it, shows the runs that were created then.
      </p>
      <Chart
        pickLabel="Runs created then"
        title="Runs that ended"
        summary={
          ended === 0
            ? `None ended in ${said}.`
            : `${countOf(ended, "run")} in ${said}; ${failed === 0 ? "none" : percent(failed, ended)} of them failed.`
        }
        actions={<PromQl text={endedQuery(labels)} />}
        data={{
          ...shared,
          shape: "bars",
          unit: "count",
          format: grouped,
          axis: short,
          series: [
            { label: "Completed", color: "var(--phase-child)", values: model.completed },
            { label: "Failed", color: "var(--phase-retry)", values: model.failed },
            { label: "Cancelled", color: "var(--phase-engine)", values: model.cancelled },
          ],
        }}
      />
      <Chart
        pickLabel="Runs created then"
        title="Runs that started"
        summary={`${countOf(started, "run")} in ${said}, ${short(Math.round((started / minutes) * 100) / 100)} a minute on average.`}
        actions={<PromQl text={startedQuery(labels)} />}
        data={{
          ...shared,
          shape: "bars",
          unit: "count",
          format: grouped,
          axis: short,
          series: [{ label: "Started", color: "var(--phase-app)", values: model.started }],
        }}
      />
      <Chart
        pickLabel="Runs created then"
        title={`How long runs took, ${percentile}`}
        summary={peak(phases.total, duration, "From beginning to end")}
        actions={<PromQl text={durationQuery(labels, ["total"], percentile)} />}
        data={{
          ...shared,
          shape: "lines",
          format: duration,
          unit: "ms",
          axis: axisDuration,
          series: [{ label: "From beginning to end", color: "var(--accent)", values: phases.total }],
        }}
      />
      <Chart
        pickLabel="Runs created then"
        title={`Durable and your code, ${percentile}`}
        summary={`Of the last call of each run. ${peak(phases.app, duration, "Your code took")}`}
        actions={
          <PromQl
            text={durationQuery(
              labels,
              LINES.map(({ phase }) => phase),
              percentile,
            )}
          />
        }
        data={{
          ...shared,
          shape: "lines",
          format: duration,
          unit: "ms",
          axis: axisDuration,
          series: LINES.map(({ phase, label, isDashed = false }) => ({
            label,
            color: `var(--phase-${phase})`,
            values: phases[phase],
            isDashed,
          })),
        }}
      />
      <Chart
        pickLabel="Runs created then"
        title="Failures"
        summary={peak(model.failedShare, (value) => percent(value, 100), "Of runs that ended")}
        actions={<PromQl text={failedShareQuery(labels)} />}
        data={{
          ...shared,
          shape: "lines",
          format: (value) => percent(value, 100),
          axis: (value) => `${short(value)} %`,
          series: [
            { label: "Failed, of those that ended", color: "var(--phase-retry)", values: model.failedShare },
          ],
        }}
      />
      <Chart
        pickLabel="Runs created then"
        title={`At limits, ${percentile}`}
        summary={`Of runs that stood at one. ${peak(phases.limit, duration, "They stood there")}`}
        actions={<PromQl text={durationQuery(labels, ["limit"], percentile)} />}
        data={{
          ...shared,
          shape: "lines",
          format: duration,
          unit: "ms",
          axis: axisDuration,
          series: [{ label: "Waiting at limits", color: "var(--phase-limit)", values: phases.limit }],
        }}
      />
    </div>
  );
}

function PromQl({ text }: { readonly text: string }): ReactNode {
  return (
    <CopyButton text={text} what="the query for Prometheus" className="min-h-7 text-xs">
      PromQL
    </CopyButton>
  );
}
