import type { Targets } from "../../here/targets.ts";
import type { RunListed } from "../../live/patches.ts";
import type { Column } from "../../parts/column.ts";
import { Id } from "../../parts/id.tsx";
import { StatusPill } from "../../parts/status-pill.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { WaitText } from "../../parts/wait.tsx";
import { Ago, Took } from "../../parts/when.tsx";
import { RUN_STATUS } from "../../words/run-status.ts";

const QUIET_LINK = "text-muted hover:text-accent hover:underline";

/** Runs as lists show them. */
export function runColumns(targets: Targets): readonly Column<RunListed>[] {
  return [
    {
      id: "status",
      label: "Status",
      className: "whitespace-nowrap",
      cell: ({ status }) => <StatusPill status={status} />,
    },
    {
      id: "function",
      label: "Function",
      onPhone: "lead",
      cell: (run) => (
        <>
          <span className="font-medium">{run.function}</span>{" "}
          <span className="text-xs text-muted">v{run.function_version}</span>
        </>
      ),
    },
    {
      id: "wait",
      label: "Waits for",
      className: "max-w-96 min-w-40 text-muted",
      cell: ({ wait }) => (wait === null ? null : <WaitText wait={wait} />),
    },
    {
      id: "event",
      label: "Event",
      className: "max-w-64 truncate",
      cell: ({ event }) => (
        <TargetLink target={targets.event(event.id)} className={QUIET_LINK}>
          {event.name}
        </TargetLink>
      ),
    },
    {
      id: "id",
      label: "Run",
      onPhone: "hidden",
      className: "hidden lg:table-cell",
      cell: ({ id }) => <Id id={id} name="run" />,
    },
    {
      id: "created",
      label: "Created",
      align: "right",
      onPhone: "aside",
      cell: (run) => <Ago at={run.created_at} />,
    },
    {
      id: "took",
      label: "Took",
      align: "right",
      cell: (run) => <Took from={run.created_at} to={run.ended_at} />,
    },
  ];
}

export function runName(run: RunListed): string {
  return `Run of ${run.function}, ${RUN_STATUS[run.status].label.toLowerCase()}, ${run.id.slice(-8)}`;
}
