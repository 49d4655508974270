import { useMemo } from "react";
import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useTargets } from "../../here/targets.ts";
import { useNews } from "../../here/use-news.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Table } from "../../parts/table.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { quotedWhereNeeded } from "../runs/query-text.ts";
import { runColumns, runName } from "../runs/run-columns.tsx";

const SHOWN = 10;
/** New ones come with another reading, at most so often, and only when runs change. */
const READ_EVERY_MS = 2_000;

/** Its newest runs. */
export function FunctionRuns({ fn }: { readonly fn: string }) {
  const params = useWorkspaceParams();
  const targets = useTargets();
  const runs = useAnswer("listRuns", { params, query: { function: fn, limit: SHOWN } });
  const columns = useMemo(() => runColumns(targets).filter(({ id }) => id !== "function"), [targets]);
  useTopics(["runs"]);
  useNews(["run"], READ_EVERY_MS, () => void runs.refetch());
  return (
    <section aria-labelledby="newest">
      <header className="mb-2 flex items-center justify-between gap-2">
        <h2 id="newest" className="text-lg font-semibold">
          Newest runs
        </h2>
        <TargetLink
          target={targets.runs(`function:${quotedWhereNeeded(fn)}`)}
          className="text-sm text-accent hover:underline"
        >
          All its runs
        </TargetLink>
      </header>
      <Answered query={runs} rows={SHOWN}>
        {({ runs }) =>
          runs.length === 0 ? (
            <p className="rounded-lg border border-line bg-raised px-4 py-3 text-sm text-muted">
              It has not run yet.{" "}
              <TargetLink target={targets.trigger(fn)} className="text-accent underline underline-offset-2">
                Trigger it
              </TargetLink>
            </p>
          ) : (
            <Table
              label={`Newest runs of ${fn}`}
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
