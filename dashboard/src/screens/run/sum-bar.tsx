import { fillOf } from "../../trace/phase-fill.ts";
import type { RunTime } from "../../trace/span.ts";
import { sumLine, whatFor } from "../../trace/sum-words.ts";
import { PHASE } from "../../words/phase.ts";
import { duration } from "../../words/time.ts";

/** Where its time went: in words, and as one bar of which each part is as long as it took. */
export function SumBar({ time }: { readonly time: RunTime }) {
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
