import { Table2 } from "lucide-react";
import { lazy, type ReactNode, Suspense, useId, useState } from "react";
import { clockTime } from "../words/time.ts";
import { Button } from "./button.tsx";
import type { ChartData } from "./chart-series.ts";
import { ChartTable } from "./chart-table.tsx";
import { joinClasses } from "./join-classes.ts";
import { useMinuteMs } from "./use-span.ts";

const ChartPlot = lazy(() => import("./chart-plot.tsx"));

interface ChartProps {
  readonly title: string;
  /** What the picture says, in a sentence. */
  readonly summary: string;
  readonly data: ChartData;
  readonly height?: number;
  /** Of the button beside a row of the table; a click on the picture does the same. */
  readonly pickLabel?: string;
  readonly actions?: ReactNode;
  readonly className?: string;
}

/** A chart over time: a sentence, a picture with what is under the pointer beside the names, and the same as a table. */
export function Chart({
  title,
  summary,
  data,
  height = 180,
  pickLabel = "Runs",
  actions,
  className,
}: ChartProps) {
  const [isTable, showTable] = useState(false);
  const [index, setIndex] = useState<number | null>(null);
  const headingId = useId();
  return (
    <section
      aria-labelledby={headingId}
      className={joinClasses("min-w-0 rounded-lg border border-line bg-raised", className)}
    >
      <header className="flex flex-wrap items-start gap-x-3 gap-y-1 px-3 pt-2.5">
        <div className="min-w-0 flex-1 basis-48">
          <h2 id={headingId} className="font-medium">
            {title}
          </h2>
          <p className="text-xs text-muted">{summary}</p>
        </div>
        <div className="flex items-center gap-1">
          {actions}
          <Button
            look="bare"
            aria-pressed={isTable}
            onClick={() => showTable(!isTable)}
            className="min-h-7 text-xs"
          >
            <Table2 aria-hidden size={13} />
            {isTable ? "Hide table" : "Table"}
          </Button>
        </div>
      </header>
      <Legend data={data} index={index} />
      <div className="px-1 pb-1">
        <Suspense fallback={<div style={{ height }} />}>
          <ChartPlot data={data} height={height} onCursor={setIndex} />
        </Suspense>
      </div>
      {isTable && <ChartTable title={title} data={data} pickLabel={pickLabel} />}
    </section>
  );
}

/** The names, with the numbers of the instant that is pointed at. */
function Legend({ data, index }: { readonly data: ChartData; readonly index: number | null }) {
  const nowMs = useMinuteMs();
  const { timesMs, series, format } = data;
  const at = index === null ? undefined : timesMs[index];
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-0.5 px-3 pt-1.5 text-xs text-muted tabular-nums">
      {series.map(({ label, color, values, isDashed = false }) => {
        const value = index === null ? null : values[index];
        return (
          <li key={label} className="inline-flex items-center gap-1.5">
            <span
              aria-hidden
              style={isDashed ? { borderColor: color } : { background: color }}
              className={isDashed ? "w-5 border-t-2 border-dashed" : "h-2 w-3 rounded-xs"}
            />
            {label}
            {at !== undefined && (
              <span className="font-medium text-text">
                {value === null || value === undefined ? "–" : format(value)}
              </span>
            )}
          </li>
        );
      })}
      <li className="ml-auto min-h-4">{at !== undefined && clockTime(new Date(at).toISOString(), nowMs)}</li>
    </ul>
  );
}
