import { ChevronRight, CircleAlert, CircleCheck, CirclePause, Clock } from "lucide-react";
import { TargetLink } from "../../parts/target.tsx";
import { Ago } from "../../parts/when.tsx";
import type { Tone } from "../../words/run-status.ts";
import type { Attention } from "./attention-item.ts";

const ICON: Readonly<Partial<Record<Tone, typeof Clock>>> = {
  bad: CircleAlert,
  held: CirclePause,
  calm: Clock,
};
const COLOR: Readonly<Partial<Record<Tone, string>>> = {
  bad: "text-bad",
  held: "text-held",
  calm: "text-calm",
};

interface AttentionListProps {
  readonly items: readonly Attention[];
  /** All that is looked at has been read: only then nothing means that nothing is wrong. */
  readonly isComplete: boolean;
}

/** What needs somebody, the worst on top. */
export function AttentionList({ items, isComplete }: AttentionListProps) {
  if (items.length === 0)
    return (
      <p
        role="status"
        className="flex items-center gap-2.5 rounded-lg border border-line bg-raised px-4 py-3"
      >
        <CircleCheck aria-hidden size={17} className={isComplete ? "text-good" : "text-muted"} />
        {isComplete
          ? "Nothing needs you: no alert, no new error, nothing paused, nobody asked."
          : "Looking …"}
      </p>
    );
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-raised">
      {items.map(({ id, tone, said, at, target, leads }) => {
        const Icon = ICON[tone] ?? CircleAlert;
        return (
          <li key={id}>
            <TargetLink
              target={target}
              className="group flex items-start gap-2.5 px-4 py-2.5 hover:bg-hover focus-visible:-outline-offset-2"
            >
              <Icon aria-hidden size={17} className={`mt-0.5 shrink-0 ${COLOR[tone] ?? ""}`} />
              <span className="min-w-0 flex-1 break-words">
                {said}
                {at !== null && (
                  <span className="ml-2 text-xs whitespace-nowrap text-muted">
                    <Ago at={at} /> ago
                  </span>
                )}
              </span>
              <span className="flex shrink-0 items-center gap-0.5 text-sm text-muted group-hover:text-accent">
                <span className="hidden sm:inline">{leads}</span>
                <ChevronRight aria-hidden size={15} />
              </span>
            </TargetLink>
          </li>
        );
      })}
    </ul>
  );
}
