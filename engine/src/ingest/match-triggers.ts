import type { FunctionEntry, WorkspaceEntry } from "../registry/workspace-registry.ts";

const NONE: readonly FunctionEntry[] = [];

/** The functions an event of this name starts, in the order of their ids. */
export function matchTriggers(workspace: WorkspaceEntry, eventName: string): readonly FunctionEntry[] {
  return workspace.byEventName.get(eventName) ?? NONE;
}
