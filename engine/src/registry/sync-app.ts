import type { Manifest } from "@durable/protocol/wire";
import { Problem } from "../domain/problems.ts";
import type { AppClient } from "../endpoint/app-client.ts";
import { checkUrl, type Endpoint } from "../endpoint/check-url.ts";
import type { EgressGuard } from "../endpoint/egress-guard.ts";
import { inspectApp } from "../endpoint/inspect-app.ts";
import type { Clock, Random } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import { schemaProblem } from "./json-schemas.ts";
import { type FunctionChange, storeManifest } from "./manifest-store.ts";
import type { WorkspaceRegistry } from "./workspace-registry.ts";

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
 * an answer signed with the workspace's secret is believed.
 */
export async function syncApp(parts: SyncParts, { workspaceId, url, actor, mayMove }: Sync): Promise<Synced> {
  parts.registry.forget(workspaceId);
  const workspace = await parts.registry.of(workspaceId);
  const stored = workspace.endpoint;
  const asked = url ?? stored?.url;
  if (asked === undefined) {
    throw new Problem("validation", "/url: is missing, and no earlier sync named one", {
      errors: [{ pointer: "/url", detail: "is missing, and no earlier sync named one" }],
    });
  }
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
  requireSchemas(inspected.manifest);
  const functions = await storeManifest(parts.database, workspaceId, actor, endpoint.url, inspected.manifest);
  parts.registry.forget(workspaceId);
  return { url: endpoint.url, manifest: inspected.manifest, functions };
}

/** A schema that cannot be read would let every event through, and nobody would know. */
function requireSchemas({ functions }: Manifest): void {
  for (const fn of functions) {
    for (const side of ["input", "output"] as const) {
      if (fn[side] === undefined) continue;
      const problem = schemaProblem(JSON.stringify(fn[side]));
      if (problem === null) continue;
      throw new Problem(
        "inspect-failed",
        `The ${side} of function "${fn.id}" is no JSON Schema that can be used: ${problem}. Correct it, or give createFunction another one as jsonSchema.`,
      );
    }
  }
}

function requireSafe(egress: EgressGuard, url: string): Endpoint {
  const checked = checkUrl(egress, url);
  if (checked.ok) return checked.endpoint;
  throw new Problem("unsafe-url", checked.detail, { errors: [{ pointer: "/url", detail: checked.detail }] });
}
