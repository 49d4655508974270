import { useSearch } from "@tanstack/react-router";
import { ArrowUp } from "lucide-react";
import { useCallback, useMemo } from "react";
import { ApiProblem } from "../../api/problem.ts";
import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useTargets } from "../../here/targets.ts";
import { useNews } from "../../here/use-news.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import type { RunListed } from "../../live/patches.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Pager } from "../../parts/pager.tsx";
import { useSelection } from "../../parts/selection.ts";
import { Table } from "../../parts/table.tsx";
import { countOf } from "../../words/number.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { FilterField } from "./filter-field.tsx";
import { Histogram } from "./histogram.tsx";
import { NoRuns } from "./no-runs.tsx";
import { withTerm } from "./query-text.ts";
import { RangePresets } from "./range-presets.tsx";
import { runColumns, runName } from "./run-columns.tsx";
import { SavedViews } from "./saved-views.tsx";
import { StatusPills } from "./status-pills.tsx";
import { useFilter } from "./use-filter.ts";
import { useNewcomers } from "./use-newcomers.ts";

/** Counts are read again at most so often, and only when runs change. */
const COUNT_EVERY_MS = 4_000;
const NO_RUNS: readonly never[] = [];

export function RunsScreen() {
  const params = useWorkspaceParams();
  const { cursor } = useSearch({ from: "/$app/$env/runs" });
  const filter = useFilter();
  const q = filter.text === "" ? undefined : filter.text;
  const input = { params, query: { q, cursor } };
  const runs = useAnswer("listRuns", input, { keep: true });
  // Without the status: the pills say how many there would be of each.
  const counted = withTerm(filter.text, "status", null);
  const counts = useAnswer(
    "countRuns",
    { params, query: { q: counted === "" ? undefined : counted } },
    { keep: true },
  );
  const newcomers = useNewcomers({
    key: ["listRuns", input],
    filter: filter.text,
    isFirstPage: cursor === undefined,
  });
  useTopics(["runs"]);
  useNews(["run"], COUNT_EVERY_MS, () => void counts.refetch());

  const targets = useTargets();
  const columns = useMemo(() => runColumns(targets), [targets]);
  const targetOf = useCallback(({ id }: RunListed) => targets.run(id), [targets]);
  const shown = runs.data?.runs ?? NO_RUNS;
  const selection = useSelection(
    useMemo(() => shown.map(({ id }) => id), [shown]),
    `${filter.text} ${cursor}`,
  );
  const flaw = flawOf(runs.error);

  function readNewest(): void {
    newcomers.forget();
    window.scrollTo({ top: 0 });
    if (cursor === undefined) void runs.refetch();
    else filter.set(filter.text);
  }

  return (
    <>
      <PageHead title="Runs" />
      <div className="grid gap-3">
        <FilterField filter={filter} flaw={flaw} />
        <SavedViews text={filter.text} />
        <div className="flex flex-wrap items-center justify-between gap-2">
          <StatusPills text={filter.text} counts={counts.data} />
          <RangePresets text={filter.text} />
        </div>
        {flaw === null && counts.data && counts.data.bars.length > 0 && (
          <Histogram filter={filter} counts={counts.data} />
        )}
      </div>
      <div className="relative mt-3">
        {newcomers.waiting > 0 && (
          <div className="sticky top-16 z-10 flex h-0 justify-center overflow-visible">
            <Button look="main" className="h-8 -translate-y-2 rounded-full shadow-lg" onClick={readNewest}>
              <ArrowUp aria-hidden size={14} />
              {countOf(newcomers.waiting, "new run")}
              {!newcomers.isSure && ", which may fit"}
            </Button>
          </div>
        )}
        {flaw === null && (
          <Answered query={runs} rows={12}>
            {({ runs, next }) => (
              <>
                {runs.length === 0 ? (
                  <NoRuns filter={filter} next={next} />
                ) : (
                  <Table
                    label="Runs"
                    columns={columns}
                    rows={runs}
                    idOf={({ id }) => id}
                    nameOf={runName}
                    targetOf={targetOf}
                    selection={selection}
                  />
                )}
                <Pager cursor={cursor} next={next} />
              </>
            )}
          </Answered>
        )}
      </div>
      <BulkBar
        selection={selection}
        filter={filter}
        counts={counts.data}
        isAllShown={cursor === undefined && runs.data?.next === null}
      />
    </>
  );
}

/** What is wrong with the text, which belongs below the field and not in the place of the list. */
function flawOf(error: Error | null): string | null {
  if (!(error instanceof ApiProblem)) return null;
  return error.body.errors?.find(({ pointer }) => pointer === "?q")?.detail ?? null;
}
