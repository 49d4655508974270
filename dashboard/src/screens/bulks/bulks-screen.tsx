import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import type { Column } from "../../parts/column.ts";
import { Empty } from "../../parts/empty.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Table } from "../../parts/table.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { Ago } from "../../parts/when.tsx";
import { BULK_ACTION, BULK_STATUS, type Bulk, bulkFilterText } from "../../words/bulk.ts";
import { countOf } from "../../words/number.ts";
import { BulkPill } from "../bulk/bulk-pill.tsx";
import { BulkProgress } from "../bulk/bulk-progress.tsx";

const SHOWN_MAX = 100;

const COLUMNS: readonly Column<Bulk>[] = [
  {
    id: "does",
    label: "What",
    cell: ({ action, items }) => (
      <span className="font-medium">{BULK_ACTION[action].order(countOf(items, "run"))}</span>
    ),
  },
  { id: "status", label: "Status", onPhone: "lead", cell: ({ status }) => <BulkPill status={status} /> },
  {
    id: "progress",
    label: "Done",
    className: "min-w-44",
    cell: (bulk) => <BulkProgress bulk={bulk} />,
  },
  {
    id: "filter",
    label: "Which",
    className: "max-w-80",
    cell: ({ filter }) => <code className="break-words text-muted">{bulkFilterText(filter)}</code>,
  },
  { id: "by", label: "By", cell: ({ by }) => by },
  {
    id: "created",
    label: "Made",
    align: "right",
    onPhone: "aside",
    cell: (bulk) => <Ago at={bulk.created_at} />,
  },
];

/** What was done, or is being done, to many runs at once. */
export function BulksScreen() {
  const params = useWorkspaceParams();
  const targets = useTargets();
  const bulks = useAnswer("listBulks", { params, query: { limit: SHOWN_MAX } });
  useTopics(["bulks"]);
  return (
    <>
      <PageHead
        title="Bulk"
        description="Many runs, acted on at once: the first few, then, when somebody has looked at them, the rest."
      />
      <Answered query={bulks}>
        {({ bulks }) =>
          bulks.length === 0 ? (
            <div className="rounded-lg border border-line bg-raised">
              <Empty title="Nothing was done in bulk yet">
                <p>
                  Filter{" "}
                  <TargetLink target={targets.runs()} className="text-accent underline underline-offset-2">
                    the list of runs
                  </TargetLink>{" "}
                  and select some, or all that fit, to cancel, pause, resume or run them again together.
                </p>
              </Empty>
            </div>
          ) : (
            <>
              <Table
                label="Bulks"
                columns={COLUMNS}
                rows={bulks}
                idOf={({ id }) => id}
                nameOf={({ action, items, status }) =>
                  `${BULK_ACTION[action].order(countOf(items, "run"))}, ${BULK_STATUS[status].label.toLowerCase()}`
                }
                targetOf={({ id }) => targets.bulk(id)}
              />
              {bulks.length === SHOWN_MAX && (
                <p className="mt-2 text-sm text-muted">
                  The newest {SHOWN_MAX}. Older ones are in the audit log.
                </p>
              )}
            </>
          )
        }
      </Answered>
    </>
  );
}
