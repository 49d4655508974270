import type { InvokeOp, Op } from "@durable/protocol/wire";
import { type OpenApp, openTo } from "../registry/open-app.ts";
import type { WorkspaceEntry, WorkspaceRegistry } from "../registry/workspace-registry.ts";

export interface TargetParts {
  readonly registry: Pick<WorkspaceRegistry, "named">;
  /** The functions as they are now: read again, after a sync that is under way. */
  functionsNow(workspaceId: number): Promise<WorkspaceEntry>;
}

export interface Targets {
  readonly workspace: WorkspaceEntry;
  /** Other apps that the ops name and that let this one in. */
  readonly others: ReadonlyMap<string, OpenApp>;
}

const NO_OTHERS: ReadonlyMap<string, OpenApp> = new Map();

/**
 * What the ops invoke. A workspace is read again when a function is not known there, or may not be invoked: it may have been
 * deployed or allowed a moment ago, and an answer that says so is what started the sync. Without this the step would fail
 * for good.
 */
export async function knowingTargets(
  parts: TargetParts,
  workspace: WorkspaceEntry,
  ops: readonly Op[],
): Promise<Targets> {
  let isUnknown = false;
  let foreign: Map<string, InvokeOp[]> | null = null;
  for (const op of ops) {
    if (op.op !== "invoke") continue;
    if (op.app === undefined || op.app === workspace.app) isUnknown ||= !workspace.functions.has(op.fn);
    else {
      foreign ??= new Map();
      foreign.set(op.app, [...(foreign.get(op.app) ?? []), op]);
    }
  }
  const own = isUnknown ? await parts.functionsNow(workspace.workspaceId) : workspace;
  return { workspace: own, others: foreign === null ? NO_OTHERS : await openApps(parts, workspace, foreign) };
}

async function openApps(
  parts: TargetParts,
  { app: caller, environment }: WorkspaceEntry,
  foreign: ReadonlyMap<string, readonly InvokeOp[]>,
): Promise<Map<string, OpenApp>> {
  const others = new Map<string, OpenApp>();
  for (const [app, ops] of foreign) {
    const entry = await parts.registry.named(app, environment);
    if (entry === null) continue;
    const open = openTo(entry, caller);
    const isOpen = open !== null && ops.every(({ fn }) => open.functions.has(fn));
    const now = isOpen ? open : openTo(await parts.functionsNow(entry.workspaceId), caller);
    if (now !== null) others.set(app, now);
  }
  return others;
}
