// The one place where every route asks "may this actor do this?". What is not written here is denied.
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
  /** Carries a key of its workspace. */
  | {
      readonly kind: "event-key";
      readonly workspaceId: number;
      readonly workspace: WorkspaceName;
      readonly keyId: number;
    };

export type Action =
  | "health.read"
  | "api.read"
  | "events.send"
  | "events.read"
  | "signals.send"
  | "tokens.complete"
  | "apps.list"
  | "apps.sync"
  | "deployments.read"
  | "deployments.retire"
  | "limits.read"
  | "limits.set"
  | "schedules.read"
  | "schedules.manage"
  | "schedules.run"
  | "functions.read"
  | "functions.start"
  | "functions.call"
  | "runs.read"
  | "runs.query"
  | "runs.cancel"
  | "runs.dispatched"
  | "runs.pause"
  | "skips.run"
  | "runs.begin"
  | "runs.resume"
  | "runs.move"
  | "inputs.read"
  | "inputs.answer"
  | "keys.manage"
  | "pages.read";

interface Who {
  readonly anybody?: true;
  readonly anywhere: readonly Actor["kind"][];
  readonly inOwnWorkspace: readonly Actor["kind"][];
}

const OPERATORS = ["admin", "dev"] as const;

const WHO: Record<Action, Who> = {
  // These two say nothing about any workspace.
  "health.read": { anybody: true, anywhere: [], inOwnWorkspace: [] },
  "api.read": { anybody: true, anywhere: [], inOwnWorkspace: [] },
  "events.send": { anywhere: OPERATORS, inOwnWorkspace: ["app", "event-key"] },
  "signals.send": { anywhere: OPERATORS, inOwnWorkspace: ["app", "event-key"] },
  // The token is the credential.
  "tokens.complete": { anybody: true, anywhere: [], inOwnWorkspace: [] },
  "events.read": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "apps.list": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "apps.sync": { anywhere: OPERATORS, inOwnWorkspace: ["app"] },
  "deployments.read": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "deployments.retire": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "limits.read": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "limits.set": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "schedules.read": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "schedules.manage": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "schedules.run": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "functions.read": { anywhere: OPERATORS, inOwnWorkspace: [] },
  // A signature covers the body and not the path: seen once, it could be sent to another path of the same workspace.
  // So an app may only do what its signed body says in full; here the body names the path (http/routes/payload.ts).
  "functions.start": { anywhere: OPERATORS, inOwnWorkspace: ["app"] },
  "functions.call": { anywhere: OPERATORS, inOwnWorkspace: ["app"] },
  "runs.query": { anywhere: OPERATORS, inOwnWorkspace: ["app"] },
  "inputs.answer": { anywhere: OPERATORS, inOwnWorkspace: ["app"] },
  "runs.read": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "runs.cancel": { anywhere: OPERATORS, inOwnWorkspace: [] },
  // Its body names the run by a fence, which nobody else knows.
  "runs.dispatched": { anywhere: [], inOwnWorkspace: ["app"] },
  "runs.pause": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "skips.run": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "runs.begin": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "runs.resume": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "runs.move": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "inputs.read": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "keys.manage": { anywhere: OPERATORS, inOwnWorkspace: [] },
  "pages.read": { anywhere: OPERATORS, inOwnWorkspace: [] },
};

export function isOpenToAnybody(action: Action): boolean {
  return WHO[action].anybody === true;
}

/**
 * @param workspace Null where the request names none: a credential that names its own needs no second one.
 * @throws Problem `forbidden` when the answer is no.
 */
export function authorize(actor: Actor, action: Action, workspace: WorkspaceName | null): void {
  const { anybody, anywhere, inOwnWorkspace } = WHO[action];
  if (anybody || anywhere.includes(actor.kind)) return;
  if (!inOwnWorkspace.includes(actor.kind) || !("workspace" in actor)) {
    throw new Problem(
      "forbidden",
      `${CREDENTIAL[actor.kind]} cannot be used for this (${action}). Use the admin token.`,
    );
  }
  const { app, environment } = actor.workspace;
  if (workspace === null || (workspace.app === app && workspace.environment === environment)) return;
  throw new Problem(
    "forbidden",
    `${CREDENTIAL[actor.kind]} belongs to ${app}/${environment} and the request names another app or environment.`,
  );
}

/** How the audit log names who did it. */
export function actorName(actor: Actor): string {
  return actor.kind === "event-key" ? `event-key ${actor.keyId}` : actor.kind;
}

const CREDENTIAL: Record<Actor["kind"], string> = {
  admin: "The admin token",
  dev: "Development mode",
  app: "An app's signature",
  "event-key": "An event key",
};
