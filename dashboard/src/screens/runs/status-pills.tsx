import type { AnswerOf } from "@durable/engine/api";
import { Link } from "@tanstack/react-router";
import { joinClasses } from "../../parts/join-classes.ts";
import { short } from "../../words/number.ts";
import { RUN_STATUS, type RunStatus } from "../../words/run-status.ts";
import { TONE } from "../../words/tone.ts";
import { statusesOf, withStatusToggled } from "./query-text.ts";

interface StatusPillsProps {
  readonly text: string;
  /** Without a filter by status; undefined until they have been counted. */
  readonly counts: AnswerOf<"countRuns"> | undefined;
}

/** How many runs stand where, each a filter that can be put in and taken out. */
export function StatusPills({ text, counts }: StatusPillsProps) {
  const chosen = statusesOf(text);
  return (
    <ul aria-label="Filter by status" className="flex flex-wrap gap-1.5">
      {(Object.keys(RUN_STATUS) as RunStatus[]).map((status) => {
        const count = counts?.statuses[status] ?? 0;
        const isChosen = chosen.includes(status);
        // What nothing stands at, and nobody asked for, would only fill the line.
        if (count === 0 && !isChosen) return null;
        const { label, icon: Icon, tone } = RUN_STATUS[status];
        const q = withStatusToggled(text, status);
        const more = counts?.is_exact === false ? "+" : "";
        return (
          <li key={status}>
            <Link
              from="/$app/$env/runs"
              to="."
              search={q === "" ? {} : { q }}
              className={joinClasses(
                "inline-flex h-7 items-center gap-1.5 rounded-full border px-2.5 text-xs font-medium",
                isChosen ? `border-current ${TONE[tone]}` : "border-line bg-raised text-text hover:bg-hover",
              )}
            >
              <Icon aria-hidden size={12} strokeWidth={2.5} className={TONE[tone].split(" ")[0]!} />
              <span className="sr-only">{isChosen ? "No longer only " : "Only "}</span>
              {label}
              <span className="text-muted tabular-nums">
                {counts === undefined ? "…" : `${short(count)}${more}`}
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
