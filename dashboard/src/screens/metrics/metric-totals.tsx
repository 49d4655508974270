import type { AnswerOf } from "@durable/engine/api";
import { Figure, Figures } from "../../parts/figure.tsx";
import { useNowMs } from "../../parts/now.ts";
import { countOf, grouped, percent } from "../../words/number.ts";
import { duration } from "../../words/time.ts";
import { type Point, totalsOf } from "./metrics-model.ts";

interface MetricTotalsProps {
  readonly points: readonly Point[];
  readonly functions: AnswerOf<"getMetrics">["functions"];
  readonly readTo: string;
}

/** Of the whole time. Percentiles of several functions cannot be added, so those are told of one alone. */
export function MetricTotals({ points, functions, readTo }: MetricTotalsProps) {
  const nowMs = useNowMs();
  const { started, completed, failed, cancelled, ended } = totalsOf(points);
  const only = functions.length === 1 ? functions[0]!.phases : null;
  return (
    <Figures label="Of the whole time">
      <Figure label="Started" value={grouped(started)} />
      <Figure label="Completed" value={grouped(completed)} />
      <Figure
        label="Failed"
        value={grouped(failed)}
        note={`${percent(failed, ended)} of ${countOf(ended, "run")} that ended`}
        {...(failed > 0 ? { tone: "bad" as const } : {})}
      />
      <Figure label="Cancelled" value={grouped(cancelled)} />
      {only?.total != null && (
        <Figure label="Took, p50" value={duration(only.total.p50)} note={`p95 ${duration(only.total.p95)}`} />
      )}
      <Figure
        label="Figures are behind by"
        value={duration(Math.max(0, Math.floor((nowMs - Date.parse(readTo)) / 1_000) * 1_000)).replace(
          ".0 s",
          " s",
        )}
        note="Ten seconds are usual."
      />
    </Figures>
  );
}
