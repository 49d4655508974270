import { Link, useSearch } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Choice } from "../../parts/choice.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { LimitCard } from "./limit-card.tsx";
import type { Limit } from "./limit-words.ts";

export function LimitList() {
  const params = useWorkspaceParams();
  const { fn, blocked } = useSearch({ from: "/$app/$env/limits" });
  const limits = useAnswer("listLimits", { params });
  const functions = useAnswer("listFunctions", { params });
  useReadAsRunsMove(["listLimits"]);
  const manifests = new Map(functions.data?.functions.map(({ id, manifest }) => [id, manifest]) ?? []);
  return (
    <Answered query={limits} rows={8}>
      {({ limits: all }) => {
        if (all.length === 0) return <NoLimits />;
        const shown = all.filter(
          (limit) =>
            (fn === undefined || limit.function === fn) && (blocked === undefined || limit.parked > 0),
        );
        return (
          <>
            <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
              <Choice label="Function" name="fn" value={fn} all="All" options={functionsOf(all)} />
              <Link
                to="."
                search={
                  ((now: object) => ({ ...now, blocked: blocked === undefined ? 1 : undefined })) as never
                }
                aria-pressed={blocked !== undefined}
                role="button"
                className="inline-flex min-h-8 items-center rounded-md border border-line bg-raised px-2.5 text-sm font-medium hover:bg-hover aria-pressed:border-accent aria-pressed:bg-accent-ground aria-pressed:text-accent"
              >
                Only where somebody waits
              </Link>
              <span className="flex-1" />
              <Refresh query={limits} />
            </div>
            {shown.length === 0 ? (
              <Empty title="None of these limits">
                <p>
                  {blocked === undefined
                    ? `The function ${fn} declares no limit that is in force.`
                    : "Nobody waits at a limit now."}
                </p>
              </Empty>
            ) : (
              <ul className="space-y-3">
                {shown.toSorted(byQueue).map((limit) => (
                  <li key={limit.id}>
                    <LimitCard limit={limit} manifest={manifests.get(limit.function ?? "")} />
                  </li>
                ))}
              </ul>
            )}
          </>
        );
      }}
    </Answered>
  );
}

function NoLimits() {
  return (
    <Empty title="No function declares a limit">
      <p>
        <code>concurrency: 5</code> in a function lets five of its runs in at a time;{" "}
        <code>throttle: {'{ limit: 60, period: "1h" }'}</code> starts one a minute. It shows here after the
        next sync.
      </p>
    </Empty>
  );
}

/** The longest queue first; of equals by their names, so that nothing jumps. */
function byQueue(a: Limit, b: Limit): number {
  return b.parked - a.parked || a.name.localeCompare(b.name);
}

function functionsOf(limits: readonly Limit[]) {
  const ids = new Set(limits.map(({ function: id }) => id).filter((id) => id !== null));
  return [...ids].sort().map((id) => ({ value: id, label: id }));
}
