import type { Op } from "@durable/protocol/wire";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";

export interface TargetParts {
  /** The functions as they are now: read again, after a sync that is under way. */
  functionsNow(workspaceId: number): Promise<WorkspaceEntry>;
}

/**
 * The workspace, read again when one of the ops invokes a function that is not known: it may have been deployed a moment
 * ago, and an answer that says so is what started the sync. Without this the step would fail for good.
 */
export async function knowingTargets(
  parts: TargetParts,
  workspace: WorkspaceEntry,
  ops: readonly Op[],
): Promise<WorkspaceEntry> {
  const isUnknown = ops.some((op) => op.op === "invoke" && !workspace.functions.has(op.fn));
  return isUnknown ? parts.functionsNow(workspace.workspaceId) : workspace;
}
