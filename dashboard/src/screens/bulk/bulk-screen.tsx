import { useParams, useSearch } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Choice } from "../../parts/choice.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { Id } from "../../parts/id.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Ago } from "../../parts/when.tsx";
import { BULK_ACTION, BULK_STATUS, bulkFilterText } from "../../words/bulk.ts";
import { countOf } from "../../words/number.ts";
import { BulkPill } from "./bulk-pill.tsx";
import { BulkProgress } from "./bulk-progress.tsx";
import { BulkResults } from "./bulk-results.tsx";
import { BulkSteering } from "./bulk-steering.tsx";

const OUTCOMES = [
  { value: "done", label: "Done" },
  { value: "refused", label: "Refused" },
  { value: "waiting", label: "Waiting" },
];
const READ_MS = 3_000;
const BY_NUMBER = { first: "First", back: "Back", on: "More" };

/** One bulk: how far it is, and what came of each of its runs. */
export function BulkScreen() {
  const { id } = useParams({ from: "/$app/$env/bulk/$id" });
  const { status, cursor } = useSearch({ from: "/$app/$env/bulk/$id" });
  const params = { ...useWorkspaceParams(), id };
  const bulk = useAnswer("getBulk", { params, query: { status, after: cursor ?? 0 } }, { keep: true });
  useTopics(["bulks"]);
  // What became of the runs that it made is news of those runs.
  useReadAsRunsMove(["getBulk"], READ_MS);
  return (
    <Answered query={bulk} title="Bulk">
      {(bulk) => (
        <>
          <PageHead
            title={BULK_ACTION[bulk.action].order(countOf(bulk.items, "run"))}
            count={<BulkPill status={bulk.status} />}
            description={BULK_STATUS[bulk.status].said(bulk)}
            actions={<BulkSteering bulk={bulk} />}
          />
          <section className="rounded-lg border border-line bg-raised p-4" aria-label="How far it is">
            <BulkProgress bulk={bulk} isLarge />
            <div className="mt-4">
              <Facts>
                <Fact name="Which runs">
                  <code className="break-words">{bulkFilterText(bulk.filter)}</code>
                </Fact>
                <Fact name="By">{bulk.by}</Fact>
                <Fact name="Made">
                  <Ago at={bulk.created_at} /> ago
                  {bulk.ended_at !== null && (
                    <>
                      , ended <Ago at={bulk.ended_at} /> ago
                    </>
                  )}
                </Fact>
                <Fact name="Id">
                  <Id id={bulk.id} name="bulk" />
                </Fact>
                {bulk.reason !== null && <Fact name="Why">{bulk.reason}</Fact>}
              </Facts>
            </div>
          </section>
          <div className="mt-6 mb-2 flex flex-wrap items-center justify-between gap-2">
            <h2 className="text-lg font-semibold">Runs</h2>
            <Choice label="Only" name="status" value={status} all="All" options={OUTCOMES} />
          </div>
          {bulk.results.length === 0 ? (
            <div className="rounded-lg border border-line bg-raised">
              <Empty title={status === undefined ? "It met no run" : "None of its runs came to that"} />
            </div>
          ) : (
            <BulkResults results={bulk.results} />
          )}
          <Pager cursor={cursor} next={bulk.next === null ? null : String(bulk.next)} words={BY_NUMBER} />
        </>
      )}
    </Answered>
  );
}
