import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { Held } from "./held-run.ts";

/**
 * The workspace with the endpoint that this run is called at: where a person has moved it, or the deployment it is kept
 * on, or the newest. A run that nothing has answered for yet has no deployment, and one we have not read is the newest
 * that is about to be synced.
 */
export function atDeployment(workspace: WorkspaceEntry, { head, deployment }: Held): WorkspaceEntry {
  if (workspace.older.size === 0) return workspace;
  const kept = workspace.kept.has(head.functionId) ? deployment : null;
  const name = head.placement === null ? kept : head.placement.to;
  return (name !== null && workspace.older.get(name)) || workspace;
}
