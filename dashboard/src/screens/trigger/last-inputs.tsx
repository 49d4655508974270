import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { queryOf, useAnswer } from "../../api/query.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import type { RunListed } from "../../live/patches.ts";
import { Button } from "../../parts/button.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { StatusPill } from "../../parts/status-pill.tsx";
import { Ago } from "../../parts/when.tsx";

const SHOWN = 5;

/** What the function was given of late, to begin from. */
export function LastInputs({ fn, take }: { readonly fn: string; readonly take: (data: unknown) => void }) {
  const params = useWorkspaceParams();
  const client = useQueryClient();
  const [error, setError] = useState<Error | null>(null);
  const runs = useAnswer("listRuns", { params, query: { function: fn, limit: SHOWN } });
  if (runs.data === undefined || runs.data.runs.length === 0) return null;
  const use = (run: RunListed) =>
    client.fetchQuery(queryOf("getEvent", { params: { ...params, id: run.event.id } })).then(
      ({ data }) => {
        setError(null);
        take(data);
      },
      (refused: Error) => setError(refused),
    );
  return (
    <section aria-labelledby="last-inputs">
      <h2 id="last-inputs" className="mb-1.5 text-sm font-semibold">
        Begin with what it was given of late
      </h2>
      <ul className="grid gap-1">
        {runs.data.runs.map((run) => (
          <li key={run.id}>
            <Button look="bare" className="w-full justify-between! px-1.5!" onClick={() => void use(run)}>
              <span className="flex min-w-0 items-center gap-2">
                <StatusPill status={run.status} />
                <span className="truncate">{run.event.name}</span>
              </span>
              <span className="text-xs">
                <Ago at={run.created_at} /> ago
              </span>
            </Button>
          </li>
        ))}
      </ul>
      {error && <ProblemPanel error={error} />}
    </section>
  );
}
