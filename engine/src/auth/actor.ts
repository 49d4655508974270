// Who asks.
import type { RunField } from "@durable/protocol/wire";

export interface WorkspaceName {
  readonly app: string;
  readonly environment: string;
}

/** How far an API key reaches; each does what those before it do. */
export const SCOPES = ["read", "write", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

interface OfWorkspace {
  readonly workspaceId: number;
  readonly workspace: WorkspaceName;
}

export type Actor =
  /** Carries the admin token, or the cookie that a page got for it. */
  | { readonly kind: "admin" }
  /** On the engine's own machine, in dev mode: whoever sits at it. */
  | { readonly kind: "dev" }
  /** Carries the metrics token, which reads figures and nothing else. */
  | { readonly kind: "scraper" }
  /** Carries a key of its workspace that reaches as far as its scope. */
  | (OfWorkspace & { readonly kind: "api-key"; readonly keyId: number; readonly scope: Scope })
  /** Carries a key of its workspace that can only send. */
  | (OfWorkspace & { readonly kind: "event-key"; readonly keyId: number })
  /** Signed with a secret of its workspace. */
  | (OfWorkspace & { readonly kind: "app" })
  /** Was given sight of some fields of one run, for a while. */
  | (OfWorkspace & {
      readonly kind: "run-token";
      readonly runId: string;
      readonly fields: readonly RunField[];
    });

/** How the audit log names who did it. */
export function actorName(actor: Actor): string {
  return "keyId" in actor ? `${actor.kind} ${actor.keyId}` : actor.kind;
}
