import type { AnswerOf } from "@durable/engine/api";
import { useEffect, useState } from "react";
import { Button } from "../../parts/button.tsx";
import type { Selection } from "../../parts/selection.ts";
import { BULK_ACTION, type Bulk } from "../../words/bulk.ts";
import { countOf } from "../../words/number.ts";
import { BulkDialog } from "./bulk-dialog.tsx";
import { type BulkScope, countOfAll } from "./bulk-scope.ts";
import type { Filter } from "./use-filter.ts";

interface BulkBarProps {
  readonly selection: Selection;
  readonly filter: Filter;
  readonly counts: AnswerOf<"countRuns"> | undefined;
  /** All that fit are on the page: then choosing all of it is enough. */
  readonly isAllShown: boolean;
}

/** What can be done with the runs that are selected, or with all that fit. */
export function BulkBar({ selection, filter, counts, isAllShown }: BulkBarProps) {
  const [isAll, setAll] = useState(false);
  const [action, setAction] = useState<Bulk["action"] | null>(null);
  const size = selection.ids.size;
  useEffect(() => {
    if (size === 0) setAll(false);
  }, [size]);
  if (size === 0 && action === null) return null;

  const count = countOfAll(filter.text, counts);
  const scope: BulkScope = isAll
    ? { kind: "all", text: filter.text, count }
    : { kind: "chosen", ids: [...selection.ids] };
  const all = count === null ? "all that fit" : `all ${countOf(count, "run")} that fit`;
  return (
    <section
      aria-label="What to do with the selected runs"
      className="sticky bottom-18 z-10 mt-3 flex flex-wrap items-center gap-2 rounded-xl border border-line-strong bg-raised p-2 shadow-lg md:bottom-4"
    >
      <p className="px-2 text-sm font-medium" role="status">
        {isAll ? `${all.charAt(0).toUpperCase()}${all.slice(1)}` : `${countOf(size, "run")} selected`}
      </p>
      {!isAllShown && (
        <Button look="bare" onClick={() => setAll(!isAll)}>
          {isAll ? `Only the ${size} selected` : `Select ${all}`}
        </Button>
      )}
      <span className="flex-1" />
      {(Object.keys(BULK_ACTION) as Bulk["action"][]).map((each) => (
        <Button
          key={each}
          look={BULK_ACTION[each].isDanger ? "danger" : "plain"}
          onClick={() => setAction(each)}
        >
          {BULK_ACTION[each].label}
        </Button>
      ))}
      <Button look="bare" onClick={() => selection.setAll(false)}>
        Select none
      </Button>
      {action !== null && <BulkDialog action={action} scope={scope} close={() => setAction(null)} />}
    </section>
  );
}
