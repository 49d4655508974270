import { useMemo } from "react";
import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useTargets } from "../../here/targets.ts";
import { useNews } from "../../here/use-news.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Table } from "../../parts/table.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { runColumns, runName } from "../runs/run-columns.tsx";

const SHOWN = 8;
/** New ones come with another reading, at most so often, and only when runs change. */
const READ_EVERY_MS = 2_000;

/** The newest runs, whatever came of them: the pulse of the workspace. */
export function RecentRuns() {
  const params = useWorkspaceParams();
  const targets = useTargets();
  const runs = useAnswer("listRuns", { params, query: { limit: SHOWN } });
  const columns = useMemo(() => runColumns(targets).filter(({ id }) => id !== "id"), [targets]);
  useTopics(["runs"]);
  useNews(["run"], READ_EVERY_MS, () => void runs.refetch());
  return (
    <section aria-labelledby="recent" className="mt-7">
      <header className="mb-2 flex items-center justify-between gap-2">
        <h2 id="recent" className="text-lg font-semibold">
          Newest runs
        </h2>
        <TargetLink target={targets.runs()} className="text-sm text-accent hover:underline">
          All runs
        </TargetLink>
      </header>
      <Answered query={runs} rows={SHOWN}>
        {({ runs }) =>
          runs.length === 0 ? (
            <p className="rounded-lg border border-line bg-raised px-4 py-3 text-muted">
              There is no run yet.
            </p>
          ) : (
            <Table
              label="Newest runs"
              columns={columns}
              rows={runs}
              idOf={({ id }) => id}
              nameOf={runName}
              targetOf={({ id }) => targets.run(id)}
            />
          )
        }
      </Answered>
    </section>
  );
}
