// The one place where every route asks "may this actor do this?". Deny is what is not written here.
import { Problem } from "../domain/problems.ts";

export interface WorkspaceName {
  readonly app: string;
  readonly environment: string;
}

export type Actor =
  /** Carries the admin token. */
  | { readonly kind: "admin" }
  /** On the engine's own machine, in dev mode: whoever sits at it. */
  | { readonly kind: "dev" }
  /** Signed with a secret of its workspace. */
  | { readonly kind: "app"; readonly workspaceId: number; readonly workspace: WorkspaceName }
  | { readonly kind: "event-key"; readonly workspaceId: number; readonly workspace: WorkspaceName; readonly keyId: number };

export type Action =
  /** Open to everybody: says nothing about any workspace. */
  | "health.read"
  | "api.read"
  | "events.send"
  | "apps.list"
  | "apps.sync"
  | "functions.read"
  | "runs.read"
  | "runs.cancel"
  | "keys.manage"
  | "pages.read";

type Reach = "any workspace" | "own workspace" | "never";

/** A signature covers the body, not the path: an app may only do what its signed body says. */
const REACH: Record<Actor["kind"], Record<Exclude<Action, PublicAction>, Reach>> = {
  admin: {
    "events.send": "any workspace",
    "apps.list": "any workspace",
    "apps.sync": "any workspace",
    "functions.read": "any workspace",
    "runs.read": "any workspace",
    "runs.cancel": "any workspace",
    "keys.manage": "any workspace",
    "pages.read": "any workspace",
  },
  dev: {
    "events.send": "any workspace",
    "apps.list": "any workspace",
    "apps.sync": "any workspace",
    "functions.read": "any workspace",
    "runs.read": "any workspace",
    "runs.cancel": "any workspace",
    "keys.manage": "any workspace",
    "pages.read": "any workspace",
  },
  app: {
    "events.send": "own workspace",
    "apps.list": "never",
    "apps.sync": "own workspace",
    "functions.read": "never",
    "runs.read": "never",
    "runs.cancel": "never",
    "keys.manage": "never",
    "pages.read": "never",
  },
  "event-key": {
    "events.send": "own workspace",
    "apps.list": "never",
    "apps.sync": "never",
    "functions.read": "never",
    "runs.read": "never",
    "runs.cancel": "never",
    "keys.manage": "never",
    "pages.read": "never",
  },
};

export type PublicAction = "health.read" | "api.read";

export function isPublic(action: Action): action is PublicAction {
  return action === "health.read" || action === "api.read";
}

/** Null for routes that name no workspace. Throws `forbidden` when the answer is no. */
export function authorize(actor: Actor, action: Action, workspace: WorkspaceName | null): void {
  if (isPublic(action)) return;
  const reach = REACH[actor.kind][action];
  if (reach === "any workspace") return;
  if (reach === "own workspace" && "workspace" in actor && isSame(actor.workspace, workspace)) return;
  throw new Problem("forbidden", reach === "never" ? NEVER[actor.kind] : ELSEWHERE[actor.kind]);
}

/** How the audit log names who did it. */
export function actorName(actor: Actor): string {
  return actor.kind === "event-key" ? `event-key ${actor.keyId}` : actor.kind;
}

/** A credential that names its workspace need not be told which. */
function isSame(own: WorkspaceName, asked: WorkspaceName | null): boolean {
  return asked === null || (asked.app === own.app && asked.environment === own.environment);
}

const NEVER: Record<Actor["kind"], string> = {
  admin: "The admin token may not do this.",
  dev: "This cannot be done in development mode.",
  app: "A signed request of an app may send events and ask for a sync. Use the admin token for this.",
  "event-key": "An event key can only send events. Use the admin token for this.",
};

const ELSEWHERE: Record<Actor["kind"], string> = {
  admin: "The admin token may not do this.",
  dev: "This cannot be done in development mode.",
  app: "The app's secret belongs to another app or environment. Check ?app= and ?env=.",
  "event-key": "The event key belongs to another app or environment. Leave out ?app= and ?env=: the key names them.",
};
