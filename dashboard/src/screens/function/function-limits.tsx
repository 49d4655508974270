import { useAnswer } from "../../api/query.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Meter } from "../../parts/meter.tsx";
import { Panel } from "../../parts/panel.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { countOf } from "../../words/number.ts";

/** Its limits as they are now. Where it has none, there is nothing to show. */
export function FunctionLimits({ fn }: { readonly fn: string }) {
  const params = useWorkspaceParams();
  const targets = useTargets();
  const limits = useAnswer("listLimits", { params });
  useReadAsRunsMove(["listLimits"]);
  const own = limits.data?.limits.filter((limit) => limit.function === fn) ?? [];
  if (own.length === 0) return null;
  return (
    <Panel
      title="At its limits now"
      actions={
        <TargetLink target={targets.limits} className="text-sm text-accent hover:underline">
          All limits
        </TargetLink>
      }
    >
      <ul className="grid gap-2 text-sm">
        {own.map(({ id, name, kind, count, used, parked, gates }) => (
          <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
            <span className="min-w-0 break-words">{name}</span>
            <span className="flex flex-wrap items-center gap-3">
              {kind !== "throttle" && (
                // With a key the count is of each of its values; all of them together have no end.
                <Meter
                  used={used}
                  most={gates.length > 0 && gates.every(({ key }) => key === null) ? count : null}
                  what="places taken"
                />
              )}
              <span className={parked === 0 ? "text-muted" : "font-medium text-calm"}>
                {countOf(parked, "job waits", "jobs wait")}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
