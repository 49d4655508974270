import type { AnswerOf } from "@durable/engine/api";
import { useTargets } from "../../here/targets.ts";
import type { Column } from "../../parts/column.ts";
import { RunLink } from "../../parts/run-link.tsx";
import { StatusPill } from "../../parts/status-pill.tsx";
import { Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/when.tsx";
import { RUN_STATUS } from "../../words/run-status.ts";
import { TONE } from "../../words/tone.ts";

type Result = AnswerOf<"getBulk">["results"][number];

const STATUS: Readonly<Record<Result["status"], { readonly label: string; readonly look: string }>> = {
  waiting: { label: "Waiting", look: TONE.calm },
  done: { label: "Done", look: TONE.good },
  refused: { label: "Refused", look: TONE.bad },
};

const COLUMNS: readonly Column<Result>[] = [
  { id: "run", label: "Run", cell: ({ run }) => <span className="font-mono text-xs">{run.slice(-8)}</span> },
  {
    id: "status",
    label: "What came of it",
    onPhone: "lead",
    cell: ({ status }) => (
      <span className={`rounded-full px-2 text-xs leading-5 font-medium ${STATUS[status].look}`}>
        {STATUS[status].label}
      </span>
    ),
  },
  {
    id: "detail",
    label: "More",
    cell: ({ status, detail, new_run: run, new_status: newStatus }) =>
      run === null ? (
        <span className="text-muted">{detail === null ? null : detailSaid(status, detail)}</span>
      ) : (
        <span className="inline-flex flex-wrap items-center gap-2">
          <span className="text-muted">new run</span> <RunLink id={run} />
          {newStatus !== null && <StatusPill status={newStatus} />}
        </span>
      ),
  },
  {
    id: "at",
    label: "When",
    align: "right",
    onPhone: "aside",
    cell: ({ at }) => (at === null ? null : <Ago at={at} />),
  },
];

/** Of a run that was refused most often only where it stood. */
function detailSaid(status: Result["status"], detail: string): string {
  if (!Object.hasOwn(RUN_STATUS, detail)) return detail;
  return status === "refused" ? `It was ${detail} already` : `It is ${detail}`;
}

/** What came of each run. */
export function BulkResults({ results }: { readonly results: readonly Result[] }) {
  const targets = useTargets();
  return (
    <Table
      label="Runs of this bulk"
      columns={COLUMNS}
      rows={results}
      idOf={({ run }) => run}
      nameOf={({ run, status }) => `Run ${run.slice(-8)}, ${STATUS[status].label.toLowerCase()}`}
      targetOf={({ run }) => targets.run(run)}
    />
  );
}
