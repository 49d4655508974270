import { clockTime } from "../words/time.ts";
import { type ChartData, stepMsOf } from "./chart-series.ts";
import { useMinuteMs } from "./use-span.ts";

/** The numbers of a chart, newest first: for who listens to a page, and for who wants them. */
export function ChartTable({
  title,
  data,
  pickLabel,
}: {
  readonly title: string;
  readonly data: ChartData;
  readonly pickLabel: string;
}) {
  const nowMs = useMinuteMs();
  const { timesMs, series, format, onPick } = data;
  const rows = timesMs.map((_, index) => index).reverse();
  const isSaid = (index: number) => series.some(({ values }) => (values[index] ?? 0) !== 0);
  return (
    <section
      className="max-h-72 overflow-auto border-t border-line"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
      tabIndex={0}
      aria-label={`${title}, as a table`}
    >
      <table className="w-full text-left text-xs">
        <thead className="sticky top-0 bg-raised text-muted">
          <tr>
            <th scope="col" className="px-3 py-1.5 font-medium">
              From
            </th>
            {series.map(({ label }) => (
              <th key={label} scope="col" className="px-3 py-1.5 text-right font-medium">
                {label}
              </th>
            ))}
            {onPick && (
              <th scope="col">
                <span className="sr-only">Action</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.filter(isSaid).map((index) => (
            <tr key={timesMs[index]} className="border-t border-line">
              <th scope="row" className="px-3 py-1 font-normal whitespace-nowrap">
                {clockTime(new Date(timesMs[index]!).toISOString(), nowMs)}
              </th>
              {series.map(({ label, values }) => {
                const value = values[index];
                return (
                  <td key={label} className="px-3 py-1 text-right">
                    {value === null || value === undefined ? "–" : format(value)}
                  </td>
                );
              })}
              {onPick && (
                <td className="px-3 py-1 text-right">
                  <button
                    type="button"
                    className="min-h-6 text-accent underline"
                    onClick={() => onPick(timesMs[index]!, timesMs[index]! + stepMsOf(data))}
                  >
                    {pickLabel}
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {!rows.some(isSaid) && <p className="px-3 py-4 text-xs text-muted">Nothing but zeros in this time.</p>}
      {rows.some(isSaid) && !rows.every(isSaid) && (
        <p className="px-3 py-2 text-xs text-muted">Times in which all of it was 0 are left out.</p>
      )}
    </section>
  );
}
