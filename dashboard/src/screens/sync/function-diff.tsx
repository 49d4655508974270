import type { AnswerOf } from "@durable/engine/api";
import { JsonView } from "../../parts/json-view.tsx";
import { Panel } from "../../parts/panel.tsx";
import { FunctionLink } from "../../parts/run-link.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { CHANGE, differences } from "../syncs/sync-words.ts";

type FunctionSynced = AnswerOf<"getSync">["functions"][number];

/** Each function that is another now, and what of its declaration is. */
export function FunctionDiff({ functions }: { readonly functions: readonly FunctionSynced[] }) {
  if (functions.length === 0)
    return <p className="text-sm text-muted">It found the same functions as before.</p>;
  return (
    <div className="space-y-3">
      {functions.map((each) => (
        <Panel
          key={each.id}
          title={
            <>
              <FunctionLink id={each.id} />{" "}
              <TonePill tone={CHANGE[each.change].tone}>{CHANGE[each.change].label}</TonePill>{" "}
              <span className="text-sm font-normal text-muted">{versionsSaid(each)}</span>
            </>
          }
        >
          {each.change === "changed" ? (
            <Differences before={each.old} after={each.new} />
          ) : (
            <details>
              <summary className="min-h-6 cursor-pointer text-sm text-muted">What it declares</summary>
              <div className="mt-2">
                <JsonView
                  value={each.change === "added" ? each.new : each.old}
                  label={`Manifest of ${each.id}`}
                />
              </div>
            </details>
          )}
        </Panel>
      ))}
    </div>
  );
}

function versionsSaid({ from, to }: FunctionSynced): string {
  if (from === null) return `version ${to}`;
  return to === null ? `was version ${from}; its runs go on, no new ones start` : `version ${from} → ${to}`;
}

function Differences({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  const rows = differences(before, after);
  if (rows.length === 0)
    return <p className="text-sm text-muted">Its declaration says the same; its code is another.</p>;
  return (
    <div className="relative overflow-x-auto">
      <table className="w-full text-left text-sm">
        <thead className="text-xs text-muted">
          <tr>
            <th scope="col" className="py-1 pr-4 font-medium">
              Member
            </th>
            <th scope="col" className="py-1 pr-4 font-medium">
              Before
            </th>
            <th scope="col" className="py-1 font-medium">
              Since
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ path, before, after }) => (
            <tr key={path} className="border-t border-line align-top">
              <th scope="row" className="py-1.5 pr-4 font-mono text-xs font-normal">
                {path}
              </th>
              <td className="py-1.5 pr-4">
                <Value value={before} look="text-bad" />
              </td>
              <td className="py-1.5">
                <Value value={after} look="text-good" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ value, look }: { readonly value: unknown; readonly look: string }) {
  if (value === undefined) return <span className="text-muted">not there</span>;
  return (
    <code className={`text-xs break-words whitespace-pre-wrap ${look}`}>
      {JSON.stringify(value, null, 1)}
    </code>
  );
}
