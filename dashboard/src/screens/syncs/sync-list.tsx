import { useSearch } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Choice } from "../../parts/choice.tsx";
import type { Column } from "../../parts/column.ts";
import { Empty } from "../../parts/empty.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Table } from "../../parts/table.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { grouped } from "../../words/number.ts";
import { foundSaid, outcomeOf, type Sync } from "./sync-words.ts";

const COLUMNS: readonly Column<Sync>[] = [
  {
    id: "what",
    label: "What it found",
    className: "w-full min-w-64",
    cell: (sync) => (
      <span
        className={sync.problem === null ? "line-clamp-2 break-words" : "line-clamp-2 break-words text-bad"}
      >
        {foundSaid(sync)}
      </span>
    ),
  },
  {
    id: "outcome",
    label: "Outcome",
    onPhone: "aside",
    cell: (sync) => {
      const { label, tone } = outcomeOf(sync);
      return <TonePill tone={tone}>{label}</TonePill>;
    },
  },
  {
    id: "count",
    label: "In a row",
    align: "right",
    cell: ({ count }) => (count === 1 ? <span className="text-muted">once</span> : `${grouped(count)} times`),
  },
  {
    id: "deployment",
    label: "Deployment",
    cell: ({ deployment }) => deployment ?? <span className="text-muted">not told</span>,
  },
  { id: "by", label: "Asked by", cell: ({ by }) => by },
  { id: "at", label: "Last", align: "right", cell: ({ seen_at }) => <Ago at={seen_at} /> },
];

/** Syncs that changed something, and those that failed. */
export function SyncList() {
  const params = useWorkspaceParams();
  const { outcome, cursor } = useSearch({ from: "/$app/$env/syncs" });
  const syncs = useAnswer("listSyncs", { params, query: { outcome, cursor } }, { keep: true });
  return (
    <section aria-label="Earlier syncs">
      <div className="mb-3">
        <Choice
          label="Outcome"
          name="outcome"
          value={outcome}
          all="All"
          options={[{ value: "failed", label: "Failed" }]}
        />
      </div>
      <Answered query={syncs}>
        {({ syncs, next }) => (
          <>
            {syncs.length === 0 ? (
              <Empty title={outcome === undefined ? "The app was not synced yet" : "None failed"} />
            ) : (
              <Table
                label="Syncs, newest first"
                columns={COLUMNS}
                rows={syncs}
                idOf={({ id }) => id}
                targetOf={({ id }) => ({ to: "/$app/$env/syncs/$id", params: { ...params, id } })}
                nameOf={foundSaid}
              />
            )}
            <Pager cursor={cursor} next={next} />
          </>
        )}
      </Answered>
    </section>
  );
}
