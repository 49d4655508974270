import { useAnswer } from "../../api/query.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { useSpan } from "../../parts/use-span.ts";
import { RANGE } from "../../words/time-range.ts";
import { FigureCard } from "../overview/figure-card.tsx";
import { durationsOf, failuresOf, startsOf } from "../overview/figures.ts";
import { quotedWhereNeeded } from "../runs/query-text.ts";

const READ_MS = 15_000;

/** How the function went in the last day. */
export function FunctionFigures({ fn }: { readonly fn: string }) {
  const params = useWorkspaceParams();
  const targets = useTargets();
  const span = useSpan("24h");
  const time = RANGE["24h"].said;
  const query = { from: new Date(span.fromMs).toISOString(), step: span.stepMs / 1_000, function: fn };
  const metrics = useAnswer("getMetrics", { params, query }, { keep: true });
  useReadAsRunsMove(["getMetrics"], READ_MS);
  const runs = (rest: string) => targets.runs(`function:${quotedWhereNeeded(fn)} ${rest}`);
  return (
    <Answered query={metrics} rows={3}>
      {(answer) => (
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
          <FigureCard
            name="Starts, 24 h"
            course={startsOf(answer, span, time)}
            target={runs("after:24h")}
            colors={["var(--phase-app)"]}
          />
          <FigureCard
            name="Failed, 24 h"
            course={failuresOf(answer, span, time)}
            target={runs("status:failed after:24h")}
            colors={["var(--bad)"]}
          />
          <FigureCard
            name="Duration, p95"
            course={durationsOf(answer, span, time, "p95")}
            target={{ ...targets.metrics, search: { fn } }}
            colors={["var(--phase-sleep)", "var(--phase-app)"]}
            second="app"
          />
        </div>
      )}
    </Answered>
  );
}
