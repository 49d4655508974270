import { Swatch } from "../../trace/legend.tsx";
import { PHASE } from "../../words/phase.ts";
import { duration } from "../../words/time.ts";
import { Delta } from "./delta.tsx";
import type { PhaseDelta } from "./phase-deltas.ts";

/** Time by phase, in both, and how much longer it is in the second. */
export function PhaseDeltaTable({
  deltas,
  label,
}: {
  readonly deltas: readonly PhaseDelta[];
  readonly label: string;
}) {
  const most = Math.max(1, ...deltas.flatMap(({ aMs, bMs }) => [aMs, bMs]));
  return (
    <div className="max-w-3xl overflow-x-auto">
      <table className="w-full min-w-80 text-sm">
        <caption className="sr-only">{label}</caption>
        <thead className="text-xs text-muted">
          <tr>
            <th className="py-1 text-left font-medium">Phase</th>
            <th className="w-24 py-1 text-right font-medium">A</th>
            <th className="w-24 py-1 text-right font-medium">B</th>
            <th className="w-24 py-1 text-right font-medium">B to A</th>
            <th aria-hidden className="hidden w-40 sm:table-cell" />
          </tr>
        </thead>
        <tbody>
          {deltas.map(({ phase, aMs, bMs }) => (
            <tr key={phase} className="border-t border-line/60">
              <th scope="row" className="py-1 text-left font-normal">
                <span className="flex items-center gap-2">
                  <Swatch phase={phase} />
                  {PHASE[phase].label}
                </span>
              </th>
              <td className="py-1 text-right whitespace-nowrap tabular-nums">{duration(aMs)}</td>
              <td className="py-1 text-right whitespace-nowrap tabular-nums">{duration(bMs)}</td>
              <td className="py-1 text-right whitespace-nowrap tabular-nums">
                <Delta ms={bMs - aMs} />
              </td>
              <td aria-hidden className="hidden py-1 pl-4 sm:table-cell">
                <Twin share={aMs / most} look="bg-line-strong" />
                <Twin share={bMs / most} look="bg-accent" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Twin({ share, look }: { readonly share: number; readonly look: string }) {
  return <div style={{ width: `${share * 100}%` }} className={`my-0.5 h-1.5 rounded-full ${look}`} />;
}
