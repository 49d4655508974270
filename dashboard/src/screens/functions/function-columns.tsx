import { Play } from "lucide-react";
import type { Targets } from "../../here/targets.ts";
import type { Column } from "../../parts/column.ts";
import { joinClasses } from "../../parts/join-classes.ts";
import { TargetLink } from "../../parts/target.tsx";
import { Ago } from "../../parts/when.tsx";
import { grouped, percent } from "../../words/number.ts";
import { LIVE_STATUSES } from "../../words/run-status.ts";
import { duration } from "../../words/time.ts";
import { quotedWhereNeeded } from "../runs/query-text.ts";
import type { FunctionRow } from "./function-rows.ts";

const MARK = "rounded-full px-2 text-xs leading-5 font-medium";

export function functionColumns(targets: Targets): readonly Column<FunctionRow>[] {
  return [
    {
      id: "function",
      label: "Function",
      cell: ({ id, version, removedAt, isPaused, hasInput }) => (
        <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <span className={joinClasses("font-medium", removedAt !== null && "text-muted line-through")}>
            {id}
          </span>
          <span className="text-xs text-muted">v{version}</span>
          {removedAt !== null && <span className={`${MARK} bg-gone-ground text-gone`}>Gone</span>}
          {isPaused && <span className={`${MARK} bg-held-ground text-held`}>Paused</span>}
          {removedAt === null && !hasInput && (
            <span
              className={`${MARK} bg-calm-ground text-calm`}
              title="It says nothing of its input: no form, and no check"
            >
              No schema
            </span>
          )}
        </span>
      ),
    },
    {
      id: "triggers",
      label: "Starts",
      className: "max-w-96 text-muted",
      cell: ({ triggers }) => triggers.map((said) => <p key={said}>{said}</p>),
    },
    {
      id: "live",
      label: "Live",
      align: "right",
      cell: ({ id, live }) => {
        if (live === null) return "…";
        if (live.count === 0) return live.isExact ? <span className="text-muted">0</span> : null;
        return (
          <TargetLink
            target={targets.runs(`function:${quotedWhereNeeded(id)} status:${LIVE_STATUSES.join(",")}`)}
            className="hover:underline"
          >
            {grouped(live.count)}
            {!live.isExact && "+"}
          </TargetLink>
        );
      },
    },
    {
      id: "started",
      label: "Started, 24 h",
      align: "right",
      cell: ({ id, counted }) =>
        counted === null ? (
          "…"
        ) : (
          <TargetLink
            target={targets.runs(`function:${quotedWhereNeeded(id)} after:24h`)}
            className="hover:underline"
          >
            {grouped(counted.started)}
          </TargetLink>
        ),
    },
    {
      id: "failed",
      label: "Failed, 24 h",
      align: "right",
      cell: ({ id, counted }) => {
        if (counted === null) return "…";
        if (counted.failed === 0) return <span className="text-muted">0</span>;
        return (
          <TargetLink
            target={targets.runs(`function:${quotedWhereNeeded(id)} status:failed after:24h`)}
            className="font-medium text-bad hover:underline"
          >
            {grouped(counted.failed)} ({percent(counted.failed, Math.max(counted.failed, counted.started))})
          </TargetLink>
        );
      },
    },
    {
      id: "p95",
      label: "p95, 24 h",
      align: "right",
      className: "text-muted",
      cell: ({ counted }) => (counted?.p95Ms ? duration(counted.p95Ms) : "–"),
    },
    {
      id: "synced",
      label: "Synced",
      align: "right",
      className: "hidden lg:table-cell text-muted",
      onPhone: "hidden",
      cell: ({ syncedAt }) => <Ago at={syncedAt} />,
    },
    {
      id: "trigger",
      label: "",
      align: "right",
      onPhone: "aside",
      cell: ({ id, removedAt }) =>
        removedAt === null && (
          <TargetLink
            target={targets.trigger(id)}
            aria-label={`Trigger ${id}`}
            className="inline-flex min-h-7 items-center gap-1 rounded-md border border-line bg-raised px-2 text-xs font-medium hover:bg-hover"
          >
            <Play aria-hidden size={12} />
            Trigger
          </TargetLink>
        ),
    },
  ];
}
