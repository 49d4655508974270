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

/**
 * The one that the request names, so that no other runs it by mistake: behind one address several answer in the middle of a
 * rolling deploy. A draining run may be run by a newer one.
 */
export function onlyDeployment(
  { endpoint, kept }: WorkspaceEntry,
  { head, deployment }: Held,
): string | null {
  const mode = kept.get(head.functionId);
  if (mode === "drain") return null;
  const name = head.placement === null ? (mode === "pinned" ? deployment : null) : head.placement.to;
  return name !== null && name === endpoint?.deployment ? name : null;
}
