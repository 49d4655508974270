import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { INPUT_LOOK } from "../../parts/field.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { Table } from "../../parts/table.tsx";
import { useSpan } from "../../parts/use-span.ts";
import { countOf } from "../../words/number.ts";
import { functionColumns } from "./function-columns.tsx";
import { functionRows, matches } from "./function-rows.ts";
import { useLiveByFunction } from "./use-live.ts";

const DAY_S = 86_400;

/** What the app can do, what starts it, and how it goes. */
export function FunctionsScreen() {
  const params = useWorkspaceParams();
  const { q = "" } = useSearch({ from: "/$app/$env/functions" });
  const navigate = useNavigate({ from: "/$app/$env/functions" });
  const targets = useTargets();
  const { fromMs } = useSpan("24h");
  const functions = useAnswer("listFunctions", { params });
  const metrics = useAnswer(
    "getMetrics",
    { params, query: { from: new Date(fromMs).toISOString(), step: DAY_S } },
    { keep: true },
  );
  const pauses = useAnswer("listPauses", { params });
  useTopics(["pauses", "deployments", "syncs"]);
  const columns = useMemo(() => functionColumns(targets), [targets]);
  const live = useLiveByFunction();
  const rows = functionRows({
    live,
    functions: functions.data?.functions ?? [],
    counted: metrics.data?.functions,
    paused: new Set(
      pauses.data?.pauses.flatMap((pause) => (pause.kind === "function" ? [pause.function!] : [])),
    ),
  });
  const shown = rows.filter((row) => matches(row, q));
  const removed = rows.filter(({ removedAt }) => removedAt !== null).length;
  return (
    <>
      <PageHead
        title="Functions"
        count={
          functions.data &&
          `${rows.length - removed}${removed === 0 ? "" : `, and ${countOf(removed, "that is gone", "that are gone")}`}`
        }
        actions={<Refresh query={metrics} />}
      />
      <input
        type="search"
        aria-label="Filter functions"
        placeholder="A name, or what starts it"
        defaultValue={q}
        onChange={({ target }) =>
          void navigate({ search: target.value === "" ? {} : { q: target.value }, replace: true })
        }
        className={`${INPUT_LOOK} mb-3 max-w-md`}
      />
      <Answered query={functions}>
        {() =>
          shown.length === 0 ? (
            <div className="rounded-lg border border-line bg-raised">
              {rows.length === 0 ? (
                <Empty title="The app has not told of any function yet">
                  <p>The engine asks it when it is synced.</p>
                </Empty>
              ) : (
                <Empty title="No function fits">
                  <p>None has “{q}” in its name, or in what starts it.</p>
                </Empty>
              )}
            </div>
          ) : (
            <Table
              label="Functions"
              columns={columns}
              rows={shown}
              idOf={({ id }) => id}
              nameOf={({ id, removedAt }) => (removedAt === null ? `Function ${id}` : `Function ${id}, gone`)}
              targetOf={({ id }) => targets.fn(id)}
            />
          )
        }
      </Answered>
    </>
  );
}
