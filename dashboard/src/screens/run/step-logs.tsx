import { filterByStep, type LogLine } from "./log-filter.ts";
import { LogRow } from "./log-row.tsx";

/** More are on the tab of their own. */
const SHOWN_MAX = 50;

interface StepLogsProps {
  readonly lines: readonly LogLine[];
  readonly step: string;
  /** Null: of all. */
  readonly attempt: number | null;
}

export function StepLogs({ lines, step, attempt }: StepLogsProps) {
  const said = filterByStep(lines, step, attempt);
  if (said.length === 0) return null;
  return (
    <section aria-label="What it said">
      <h3 className="mb-1 text-sm font-semibold">What it said</h3>
      <div className="overflow-hidden rounded-md border border-line">
        {said.slice(0, SHOWN_MAX).map((line) => (
          <LogRow key={line.id} line={line} />
        ))}
      </div>
      {said.length > SHOWN_MAX && (
        <p className="mt-1 text-xs text-muted">
          {(said.length - SHOWN_MAX).toLocaleString("en-GB")} more lines: they are under Logs.
        </p>
      )}
    </section>
  );
}
