import { Swatch } from "../../trace/legend.tsx";
import { PHASE, type Phase } from "../../words/phase.ts";
import { duration } from "../../words/time.ts";

interface PhaseTableProps {
  readonly sums: readonly { readonly phase: Phase; readonly ms: number; readonly said?: string }[];
}

/** How long in each phase, and of the whole. */
export function PhaseTable({ sums }: PhaseTableProps) {
  const whole = sums.reduce((sum, { ms }) => sum + ms, 0);
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">Time by phase</caption>
      <tbody>
        {sums.map(({ phase, ms, said }) => (
          <tr key={`${phase} ${said}`} className="border-b border-line/60 last:border-0">
            <th scope="row" className="py-1 pr-2 text-left font-normal">
              <span className="flex items-center gap-2">
                <Swatch phase={phase} />
                <span className="min-w-0 break-words">{said ?? PHASE[phase].label}</span>
              </span>
            </th>
            <td className="py-1 text-right whitespace-nowrap tabular-nums">{duration(ms)}</td>
            <td className="w-14 py-1 text-right text-xs text-muted tabular-nums">
              {whole === 0 ? "" : `${Math.round((ms / whole) * 100)} %`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
