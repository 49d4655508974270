import { DEFAULT_RETRY } from "../domain/backoff.ts";
import { newId } from "../ingest/event-row.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { Ports } from "../runtime/ports.ts";
import type { HeldRun } from "./held-run.ts";
import type { Situation } from "./situation.ts";

/** Where a run is that this process holds. */
export function situationOf(
  ports: Pick<Ports, "clock" | "random">,
  run: HeldRun,
  workspace: WorkspaceEntry,
): Situation {
  return {
    memo: run.memo,
    state: run.state,
    retry: workspace.functions.get(run.head.functionId)?.retry ?? DEFAULT_RETRY,
    runAttempt: run.runAttempt,
    transportAttempt: run.transportAttempt,
    random: () => ports.random.float(),
    newEventId: () => newId(ports),
    app: workspace.app,
    environment: workspace.environment,
    functions: workspace.functions,
    depth: run.head.depth,
  };
}
