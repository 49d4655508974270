import { joinClasses } from "../../parts/join-classes.ts";
import { BULK_STATUS, type Bulk } from "../../words/bulk.ts";
import { TONE } from "../../words/tone.ts";

export function BulkPill({ status }: { readonly status: Bulk["status"] }) {
  const { label, tone } = BULK_STATUS[status];
  return (
    <span
      className={joinClasses(
        "inline-flex items-center rounded-full px-2 text-xs leading-5 font-medium whitespace-nowrap",
        TONE[tone],
      )}
    >
      {label}
    </span>
  );
}
