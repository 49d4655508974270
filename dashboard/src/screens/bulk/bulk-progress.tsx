import { joinClasses } from "../../parts/join-classes.ts";
import type { Bulk } from "../../words/bulk.ts";
import { grouped } from "../../words/number.ts";

type Progress = Pick<Bulk, "done" | "refused" | "items">;

/** How far it is, with what was refused in another colour at the end, and as numbers. */
export function BulkProgress({
  bulk,
  isLarge = false,
}: {
  readonly bulk: Progress;
  readonly isLarge?: boolean;
}) {
  const { done, refused, items } = bulk;
  const share = (count: number) => `${items === 0 ? 0 : (count / items) * 100}%`;
  return (
    <span
      className={joinClasses(
        "flex flex-wrap items-center gap-x-2 gap-y-1",
        isLarge && "w-full flex-col items-stretch",
      )}
    >
      <span
        role="progressbar"
        aria-label="Runs acted on"
        aria-valuemin={0}
        aria-valuemax={items}
        aria-valuenow={done + refused}
        className={joinClasses(
          "flex overflow-hidden rounded-full border border-line bg-sunken",
          isLarge ? "h-3 w-full" : "h-2 w-24",
        )}
      >
        <span className="bg-good transition-[width] duration-300" style={{ width: share(done) }} />
        <span className="bg-bad transition-[width] duration-300" style={{ width: share(refused) }} />
      </span>
      <span className="text-xs text-muted tabular-nums">
        {grouped(done + refused)} of {grouped(items)}
        {refused > 0 && <span className="text-bad">, {grouped(refused)} refused</span>}
      </span>
    </span>
  );
}
