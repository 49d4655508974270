import { Chart } from "../../parts/chart.tsx";
import { axisDuration, peakOf } from "../../parts/chart-scale.ts";
import { useMinuteMs } from "../../parts/use-span.ts";
import { countOf, grouped, short } from "../../words/number.ts";
import { clockTime, duration } from "../../words/time.ts";
import type { BacklogModel } from "./backlog-model.ts";

interface BacklogChartsProps {
  readonly model: BacklogModel;
  /** `the last hour`. */
  readonly said: string;
  readonly onPick: (fromMs: number, toMs: number) => void;
}

export function BacklogCharts({ model, said, onPick }: BacklogChartsProps) {
  const nowMs = useMinuteMs();
  const { timesMs, queued, parked, oldestMs, inRate, outRate } = model;
  const shared = { timesMs, onPick, syncKey: "backlog" };
  const at = (index: number | null) =>
    index === null ? "" : clockTime(new Date(timesMs[index]!).toISOString(), nowMs);
  const most = (values: readonly number[]) => {
    const index = peakOf(values);
    return index === null || values[index] === 0 ? null : { value: values[index]!, at: at(index) };
  };
  const [longest, oldest] = [most(queued), most(oldestMs)];
  const [came, went] = [average(inRate), average(outRate)];
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Chart
        className="lg:col-span-2"
        title="Queued runs"
        summary={
          longest === null
            ? `Nothing was queued when it was counted in ${said}.`
            : `${countOf(longest.value, "run")} at most in ${said}, at ${longest.at}. A click shows the runs that were created then.`
        }
        pickLabel="Runs created then"
        data={{
          ...shared,
          shape: "lines",
          unit: "count",
          format: grouped,
          axis: short,
          series: [
            { label: "Queued", color: "var(--phase-queue)", values: queued },
            {
              label: "Jobs held by limits or pauses",
              color: "var(--phase-limit)",
              values: parked,
              isDashed: true,
            },
          ],
        }}
      />
      <Chart
        title="How long the oldest had waited"
        summary={
          oldest === null ? `None waited in ${said}.` : `${duration(oldest.value)} at most, at ${oldest.at}.`
        }
        pickLabel="Runs created then"
        data={{
          ...shared,
          shape: "areas",
          format: duration,
          unit: "ms",
          axis: axisDuration,
          series: [{ label: "Oldest queued", color: "var(--phase-queue)", values: oldestMs }],
        }}
      />
      <Chart
        title="In and out"
        summary={`${short(came)} runs a minute came and ${short(went)} ended, on average over ${said}.`}
        pickLabel="Runs created then"
        data={{
          ...shared,
          shape: "lines",
          format: (value) => `${short(value)} / min`,
          axis: short,
          series: [
            { label: "Came", color: "var(--phase-app)", values: inRate },
            { label: "Ended", color: "var(--phase-child)", values: outRate, isDashed: true },
          ],
        }}
      />
    </div>
  );
}

function average(values: readonly number[]): number {
  const sum = values.reduce((all, value) => all + value, 0);
  return values.length === 0 ? 0 : sum / values.length;
}
