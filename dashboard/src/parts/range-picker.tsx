import { Link } from "@tanstack/react-router";
import { RANGE, RANGES, type Range } from "../words/time-range.ts";

/** Which time the charts show, in the address. */
export function RangePicker({ range, usual }: { readonly range: Range; readonly usual: Range }) {
  return (
    <nav
      aria-label="Time that is shown"
      className="inline-flex rounded-md border border-line bg-raised p-0.5"
    >
      {RANGES.map((each) => (
        <Link
          key={each}
          to="."
          search={((now: object) => ({ ...now, range: each === usual ? undefined : each })) as never}
          aria-current={each === range ? "page" : undefined}
          // By what is current alone: to the router an address without the parameter fits all that have it.
          activeOptions={{ exact: true, explicitUndefined: true }}
          title={RANGE[each].said}
          className="inline-flex min-h-7 items-center rounded px-2 text-sm text-muted hover:text-text aria-[current=page]:bg-accent-ground aria-[current=page]:font-medium aria-[current=page]:text-accent"
        >
          {RANGE[each].label}
        </Link>
      ))}
    </nav>
  );
}
