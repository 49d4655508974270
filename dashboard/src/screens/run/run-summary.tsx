import type { Run } from "../../live/patches.ts";
import type { Trace } from "../../trace/span.ts";
import { whatFor } from "../../trace/sum-words.ts";
import { PHASE } from "../../words/phase.ts";
import { duration } from "../../words/time.ts";
import { FailureView } from "./failure-view.tsx";
import { PhaseTable } from "./phase-table.tsx";

/** Of the run itself: its time, each moment in one phase. */
export function RunSummary({ run, trace }: { readonly run: Run; readonly trace: Trace }) {
  const { time } = trace;
  return (
    <>
      {run.failure !== null && <FailureView failure={run.failure} />}
      {time !== null && (
        <>
          <p className="text-sm">
            {duration(time.app_ms)} in your code, {duration(time.durable_ms)} around it. Each moment counts
            once: of several things that go on at a time, the one nearest to your code.
          </p>
          <PhaseTable
            sums={time.sums.map((sum) => ({
              ...{ phase: sum.phase, ms: sum.ms },
              said:
                sum.limit === null
                  ? PHASE[sum.phase].label
                  : `${PHASE[sum.phase].label}: ${whatFor(sum).replace("waiting at the limit ", "")}`,
            }))}
          />
        </>
      )}
    </>
  );
}
