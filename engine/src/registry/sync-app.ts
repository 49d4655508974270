import type { Manifest } from "@durable/protocol/wire";
import { Problem } from "../domain/problems.ts";
import type { AppClient } from "../endpoint/app-client.ts";
import { checkUrl, type Endpoint } from "../endpoint/check-url.ts";
import type { EgressGuard } from "../endpoint/egress-guard.ts";
import { inspectApp } from "../endpoint/inspect-app.ts";
import type { Clock, Random } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import { noteFailedSync } from "../store/syncs.ts";
import { type FunctionChange, storeManifest } from "./manifest-store.ts";
import { requireUsable } from "./usable-manifest.ts";
import type { WorkspaceEntry, WorkspaceRegistry } from "./workspace-registry.ts";

export interface SyncParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly database: Database;
  readonly registry: Pick<WorkspaceRegistry, "of" | "forget">;
  readonly appClient: AppClient;
  readonly egress: EgressGuard;
}

export interface Sync {
  readonly workspaceId: number;
  /** Missing: the URL of the last sync. */
  readonly url: string | undefined;
  readonly actor: string;
  /** An operator decides where an app lives; the app itself may only say that it changed there. */
  readonly mayMove: boolean;
}

export interface Synced {
  readonly url: string;
  readonly manifest: Manifest;
  readonly functions: readonly FunctionChange[];
}

/**
 * The engine learns an app's functions by asking its endpoint: whoever asks for a sync says where, never what. Only
 * an answer signed with the workspace's secret is believed. Why one came to nothing is kept, for those who did not ask.
 */
export async function syncApp(parts: SyncParts, sync: Sync): Promise<Synced> {
  const { workspaceId, url, actor } = sync;
  parts.registry.forget(workspaceId);
  const workspace = await parts.registry.of(workspaceId);
  const asked = url ?? workspace.endpoint?.url;
  if (asked === undefined) {
    throw new Problem("validation", "/url: is missing, and no earlier sync named one", {
      errors: [{ pointer: "/url", detail: "is missing, and no earlier sync named one" }],
    });
  }
  try {
    return await askApp(parts, sync, workspace, asked);
  } catch (error) {
    if (error instanceof Problem) {
      const { code, message: detail } = error;
      // Whoever asked is told why in any case; a history that lacks it must not stand in the way of that.
      await noteFailedSync(parts.database, workspaceId, { actor, url: shownUrl(asked), code, detail }).catch(
        () => {},
      );
    }
    throw error;
  }
}

async function askApp(
  parts: SyncParts,
  { workspaceId, actor, mayMove }: Sync,
  workspace: WorkspaceEntry,
  asked: string,
): Promise<Synced> {
  const stored = workspace.endpoint;
  const endpoint = requireSafe(parts.egress, asked);
  if (!mayMove && endpoint.origin !== stored?.origin) {
    throw new Problem(
      "forbidden",
      "An app may ask for a sync only at the origin an operator synced before. Sync the new one with the admin token.",
    );
  }
  if (workspace.signingKeys.length === 0) {
    throw new Problem(
      "no-signing-secret",
      `Nothing can be signed for ${workspace.app}/${workspace.environment}. Create a secret with POST ` +
        `/v1/apps/${workspace.app}/${workspace.environment}/signing-secrets and give it to the app as DURABLE_SECRET.`,
    );
  }
  const { signingKeys, replyKeys, app } = workspace;
  const inspected = await inspectApp(parts, { app, endpoint, signingKeys, replyKeys });
  if (!inspected.ok) {
    throw new Problem(
      inspected.code === "unsafe-address" ? "unsafe-url" : "inspect-failed",
      inspected.detail,
    );
  }
  requireUsable(inspected.manifest);
  const functions = await storeManifest(parts.database, workspaceId, actor, endpoint.url, inspected.manifest);
  parts.registry.forget(workspaceId);
  return { url: endpoint.url, manifest: inspected.manifest, functions };
}

/** What may be kept of a URL that was given: a password in it would be read by others. */
function shownUrl(text: string): string | null {
  const url = URL.parse(text);
  return url === null || url.username !== "" || url.password !== "" ? null : url.href;
}

function requireSafe(egress: EgressGuard, url: string): Endpoint {
  const checked = checkUrl(egress, url);
  if (checked.ok) return checked.endpoint;
  throw new Problem("unsafe-url", checked.detail, { errors: [{ pointer: "/url", detail: checked.detail }] });
}
