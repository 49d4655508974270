import { useSearch } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { RangePicker } from "../../parts/range-picker.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { useSpan } from "../../parts/use-span.ts";
import { RANGE } from "../../words/time-range.ts";
import { AttentionList } from "./attention-list.tsx";
import { FigureCard } from "./figure-card.tsx";
import { backlogOf, durationsOf, failuresOf, startsOf } from "./figures.ts";
import { RecentRuns } from "./recent-runs.tsx";
import { useAttention } from "./use-attention.ts";

const USUAL = "1h";
const READ_MS = 15_000;

/** Is anything wrong, and how does it go. */
export function OverviewScreen() {
  const params = useWorkspaceParams();
  const targets = useTargets();
  const { range = USUAL } = useSearch({ from: "/$app/$env/" });
  const span = useSpan(range);
  const query = { from: new Date(span.fromMs).toISOString(), step: span.stepMs / 1_000 };
  const metrics = useAnswer("getMetrics", { params, query }, { keep: true });
  const attention = useAttention(metrics.data?.backlog);
  useReadAsRunsMove(["getMetrics"], READ_MS);
  const time = RANGE[range].said;
  const created = `after:${range}`;
  return (
    <>
      <PageHead title="Overview" />
      <section aria-labelledby="attention">
        <h2 id="attention" className="mb-2 text-lg font-semibold">
          Needs attention
        </h2>
        {attention.error && (
          <div className="mb-2">
            <ProblemPanel error={attention.error} />
          </div>
        )}
        <AttentionList items={attention.items} isComplete={attention.isComplete} />
      </section>
      <section aria-labelledby="figures" className="mt-7">
        <header className="mb-2 flex flex-wrap items-center justify-between gap-2">
          <h2 id="figures" className="text-lg font-semibold">
            How it goes
          </h2>
          <div className="flex flex-wrap items-center gap-2">
            <RangePicker range={range} usual={USUAL} />
            <Refresh query={metrics} />
          </div>
        </header>
        <Answered query={metrics} rows={4}>
          {(answer) => (
            <div className="grid grid-cols-2 gap-3 xl:grid-cols-5">
              <FigureCard
                name="Starts"
                course={startsOf(answer, span, time)}
                target={targets.runs(created)}
                colors={["var(--phase-app)"]}
              />
              <FigureCard
                name="Failed"
                course={failuresOf(answer, span, time)}
                target={targets.runs(`status:failed ${created}`)}
                colors={["var(--bad)"]}
              />
              <FigureCard
                name="Duration, p50"
                course={durationsOf(answer, span, time, "p50")}
                target={targets.metrics}
                colors={["var(--phase-sleep)", "var(--phase-app)"]}
                second="app"
              />
              <FigureCard
                name="Duration, p95"
                course={durationsOf(answer, span, time, "p95")}
                target={targets.metrics}
                colors={["var(--phase-sleep)", "var(--phase-app)"]}
                second="app"
              />
              <FigureCard
                name="Queued"
                course={backlogOf(answer, span, time)}
                target={targets.backlog}
                colors={["var(--phase-queue)"]}
              />
            </div>
          )}
        </Answered>
      </section>
      <RecentRuns />
    </>
  );
}
