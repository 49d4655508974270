import { useAnswer } from "../../api/query.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Panel } from "../../parts/panel.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { Ago } from "../../parts/when.tsx";
import { grouped } from "../../words/number.ts";

const SHOWN = 5;
const READ_MS = 10_000;

/** What its runs failed with, and nobody has resolved. */
export function FunctionErrors({ fn }: { readonly fn: string }) {
  const params = useWorkspaceParams();
  const targets = useTargets();
  const errors = useAnswer("listErrors", { params, query: { function: fn, state: "open", limit: SHOWN } });
  useReadAsRunsMove(["listErrors"], READ_MS);
  return (
    <Panel title="Open errors">
      <Answered query={errors} rows={2}>
        {({ errors }) =>
          errors.length === 0 ? (
            <p className="text-sm text-muted">None of its errors is open.</p>
          ) : (
            <ul className="-mx-2 text-sm">
              {errors.map(({ fingerprint, name, message, count, last_seen: lastSeen }) => (
                <li key={fingerprint}>
                  <TargetLink
                    target={targets.error(fingerprint)}
                    className="flex items-baseline gap-3 rounded-md px-2 py-1.5 hover:bg-hover"
                  >
                    <span className="min-w-0 flex-1 truncate">
                      <span className="font-medium text-bad">{name}</span>{" "}
                      <span className="text-muted">{message}</span>
                    </span>
                    <span className="shrink-0 text-xs text-muted tabular-nums">
                      {grouped(count)} × · <Ago at={lastSeen} />
                    </span>
                  </TargetLink>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Panel>
  );
}
