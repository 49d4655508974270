import { isNameFor } from "@durable/protocol/wire";
import type { FunctionEntry } from "./function-entry.ts";
import type { WorkspaceEntry } from "./workspace-registry.ts";

/** Another app as one of its callers sees it: what it may invoke, and nothing else. */
export interface OpenApp {
  readonly workspaceId: number;
  /** As people allowed them, with `*`. */
  readonly allowed: readonly string[];
  /** Those of them that are there. */
  readonly functions: ReadonlyMap<string, FunctionEntry>;
}

/** Null: it is none of its callers. */
export function openTo({ workspaceId, callers, functions }: WorkspaceEntry, caller: string): OpenApp | null {
  const allowed = callers.get(caller);
  if (allowed === undefined) return null;
  const open = [...functions].filter(([id]) => allows(allowed, id));
  return { workspaceId, allowed, functions: new Map(open) };
}

export function allows(allowed: readonly string[], functionId: string): boolean {
  return allowed.some((pattern) => isNameFor(pattern, functionId));
}
