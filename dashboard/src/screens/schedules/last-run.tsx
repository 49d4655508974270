import { useAnswer } from "../../api/query.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { RunLink } from "../../parts/run-link.tsx";
import { StatusPill } from "../../parts/status-pill.tsx";

/** The run that a tick started last, and what came of it as far as that is kept. */
export function LastRun({ id }: { readonly id: string }) {
  const params = useWorkspaceParams();
  const result = useAnswer("getRunResult", { params: { ...params, id } });
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <RunLink id={id} />
      {result.data && <StatusPill status={result.data.status} />}
      {result.error && <span className="text-muted">no longer kept</span>}
    </span>
  );
}
