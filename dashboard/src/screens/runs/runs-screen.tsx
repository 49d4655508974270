import { useNavigate, useSearch } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { StatusPill } from "../../parts/status-pill.tsx";
import { Ago, Took } from "../../parts/when.tsx";
import { useTopics } from "../../shell/live-context.ts";
import { useWorkspaceParams } from "../../shell/workspace.ts";

export function RunsScreen() {
  const params = useWorkspaceParams();
  const { q, cursor } = useSearch({ from: "/$app/$env/runs" });
  const navigate = useNavigate({ from: "/$app/$env/runs" });
  const runs = useAnswer("listRuns", { params, query: { q, cursor } }, { keep: true });
  useTopics(["runs", "counters"]);
  return (
    <>
      <h1 className="text-xl font-semibold">Runs</h1>
      <input
        type="search"
        aria-label="Filter runs"
        defaultValue={q ?? ""}
        placeholder="status:failed function:pay after:2h"
        className="mt-3 h-9 w-full rounded-md border border-line bg-raised px-3 font-mono text-sm"
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          const text = event.currentTarget.value.trim();
          void navigate({ search: text === "" ? {} : { q: text } });
        }}
      />
      <div className="mt-3 overflow-x-auto rounded-lg border border-line bg-raised">
        <Answered query={runs} rows={12}>
          {({ runs }) =>
            runs.length === 0 ? (
              <Empty title="No run fits" />
            ) : (
              <table className="w-full text-left text-sm">
                <thead className="text-xs text-muted">
                  <tr>
                    <th className="px-3 py-2 font-medium">Status</th>
                    <th className="px-3 py-2 font-medium">Function</th>
                    <th className="px-3 py-2 font-medium">Event</th>
                    <th className="px-3 py-2 text-right font-medium">Started</th>
                    <th className="px-3 py-2 text-right font-medium">Took</th>
                  </tr>
                </thead>
                <tbody>
                  {runs.map((run) => (
                    <tr key={run.id} className="border-t border-line hover:bg-hover">
                      <td className="px-3 py-2">
                        <StatusPill status={run.status} />
                      </td>
                      <td className="px-3 py-2 font-medium">{run.function}</td>
                      <td className="px-3 py-2 text-muted">{run.event.name}</td>
                      <td className="px-3 py-2 text-right">
                        <Ago at={run.created_at} />
                      </td>
                      <td className="px-3 py-2 text-right">
                        <Took from={run.created_at} to={run.ended_at} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )
          }
        </Answered>
      </div>
    </>
  );
}
