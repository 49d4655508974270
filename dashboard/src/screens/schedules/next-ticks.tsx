import { Due } from "../../parts/due.tsx";
import { useMinuteMs } from "../../parts/use-span.ts";
import { isSameClock, readersZone, zonedTime } from "../../words/zoned-time.ts";

/** Its next ticks as its own clocks show them, and the reader's where those are others. */
export function NextTicks({ next, zone }: { readonly next: readonly string[]; readonly zone: string }) {
  const nowMs = useMinuteMs();
  const yours = readersZone();
  const instants = next.map(Date.parse);
  const isTwo = !isSameClock(zone, yours, instants);
  if (next.length === 0) return <p className="text-sm text-muted">There is no next tick.</p>;
  return (
    <div className="relative min-w-0 overflow-x-auto">
      <h2 className="mb-1 text-xs font-medium text-muted">Next</h2>
      <table className="w-full text-left text-sm">
        <thead className="text-xs text-muted">
          <tr>
            <th scope="col" className="pr-4 font-medium">
              {zone}
            </th>
            {isTwo && (
              <th scope="col" className="pr-4 font-medium">
                {yours} (yours)
              </th>
            )}
            <th scope="col" className="text-right font-medium">
              <span className="sr-only">How soon</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {next.map((at) => (
            <tr key={at}>
              <td className="py-0.5 pr-4 whitespace-nowrap">{zonedTime(Date.parse(at), zone, nowMs)}</td>
              {isTwo && (
                <td className="py-0.5 pr-4 whitespace-nowrap text-muted">
                  {zonedTime(Date.parse(at), yours, nowMs)}
                </td>
              )}
              <td className="py-0.5 text-right whitespace-nowrap text-muted">
                <Due at={at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
