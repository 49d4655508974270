import type { Run } from "../../live/patches.ts";
import { useNowMs } from "../../parts/now.ts";
import { fillOf } from "../../trace/phase-fill.ts";
import type { RunTime } from "../../trace/span.ts";
import { grownTime, sumLine, whatFor } from "../../trace/sum-words.ts";
import { PHASE } from "../../words/phase.ts";
import { duration } from "../../words/time.ts";
import { openPhases } from "./open-phases.ts";

interface SumBarProps {
  readonly run: Run;
  readonly time: RunTime;
}

/** Where its time went: in words, and as one bar of which each part is as long as it took. */
export function SumBar({ run, time }: SumBarProps) {
  return run.ended_at === null ? <Growing run={run} time={time} /> : <Drawn time={time} />;
}

/** Nothing is asked again while a run only waits: the time since is at what it waits for. */
function Growing({ run, time }: SumBarProps) {
  const sinceMs = useNowMs() - Date.parse(run.created_at) - time.ms;
  const phase = openPhases(run).get(run.id)!;
  return <Drawn time={grownTime(time, phase, run.wait?.gate?.limit.id ?? null, sinceMs)} />;
}

function Drawn({ time }: Pick<SumBarProps, "time">) {
  return (
    <div className="mt-3 max-w-4xl">
      <p className="text-sm">{sumLine(time)}</p>
      {time.ms > 0 && (
        <div aria-hidden className="mt-1.5 flex h-2 overflow-hidden rounded-full bg-sunken">
          {time.sums.map((sum) => (
            <span
              key={`${sum.phase} ${sum.limit?.id} ${JSON.stringify(sum.limit?.key)}`}
              title={`${PHASE[sum.phase].label}: ${duration(sum.ms)} ${whatFor(sum)}`}
              style={{ width: `${(sum.ms / time.ms) * 100}%`, ...fillOf(sum.phase) }}
            />
          ))}
        </div>
      )}
    </div>
  );
}
