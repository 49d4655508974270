import { PHASE, type Phase } from "../words/phase.ts";
import { duration } from "../words/time.ts";
import { fillOf } from "./phase-fill.ts";
import type { RunTime } from "./span.ts";

/** What the colours and patterns are, of those that there are, with how long each took of the run; they add up to it. */
export function Legend({ time }: { readonly time: RunTime | null }) {
  const sums = new Map<Phase, number>();
  for (const { phase, ms } of time?.sums ?? []) sums.set(phase, (sums.get(phase) ?? 0) + ms);
  if (sums.size === 0) return null;
  return (
    <ul aria-label="Phases" className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {[...sums]
        .sort(([, a], [, b]) => b - a)
        .map(([phase, ms]) => (
          <li key={phase} className="flex items-center gap-1.5">
            <Swatch phase={phase} />
            {PHASE[phase].label}
            <span className="text-text tabular-nums">{duration(ms)}</span>
          </li>
        ))}
    </ul>
  );
}

export function Swatch({ phase }: { readonly phase: Phase }) {
  return <span aria-hidden style={fillOf(phase)} className="inline-block h-3 w-4 shrink-0 rounded-[2px]" />;
}
