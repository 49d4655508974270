// The one place where every route asks "may this actor do this?".
import { Problem } from "../domain/problems.ts";
import { type Action, ruleOf } from "./actions.ts";
import { type Actor, SCOPES, type WorkspaceName } from "./actor.ts";

/** What the request names. */
export interface Target {
  /** Null: none. A credential that names its own needs no second one. */
  readonly workspace: WorkspaceName | null;
  readonly runId: string | null;
}

export type Verdict = "allowed" | "not-this-actor" | "other-workspace" | "other-run" | "scope-too-small";

/** Pure: the whole decision. */
export function judge(actor: Actor, action: Action, { workspace, runId }: Target): Verdict {
  const { open, scope, also } = ruleOf(action);
  if (open === "anybody") return "allowed";
  if (actor.kind === "admin" || actor.kind === "dev") {
    return open === "people" ? "allowed" : "not-this-actor";
  }
  const isOfKind = also.includes(actor.kind) || (actor.kind === "api-key" && scope !== null);
  if (!isOfKind) return "not-this-actor";
  if (actor.kind === "scraper") return "allowed";
  const { app, environment } = actor.workspace;
  if (workspace !== null && (workspace.app !== app || workspace.environment !== environment)) {
    return "other-workspace";
  }
  if (actor.kind === "run-token" && actor.runId !== runId) return "other-run";
  if (actor.kind === "api-key" && scope !== null && SCOPES.indexOf(actor.scope) < SCOPES.indexOf(scope)) {
    return "scope-too-small";
  }
  return "allowed";
}

export function isOpenToAnybody(action: Action): boolean {
  return ruleOf(action).open === "anybody";
}

/** @throws Problem `forbidden` when the answer is no. */
export function authorize(actor: Actor, action: Action, target: Target): void {
  const verdict = judge(actor, action, target);
  if (verdict !== "allowed") throw new Problem("forbidden", sentence(actor, action, verdict));
}

function sentence(actor: Actor, action: Action, verdict: Exclude<Verdict, "allowed">): string {
  const credential = CREDENTIAL[actor.kind];
  switch (verdict) {
    case "not-this-actor":
      return `${credential} cannot be used for this (${action}).`;
    case "other-workspace": {
      const { app, environment } = (actor as Extract<Actor, { workspace: unknown }>).workspace;
      return `${credential} belongs to ${app}/${environment} and the request names another app or environment.`;
    }
    case "other-run":
      return `${credential} shows one run, and the request names another.`;
    case "scope-too-small":
      return `${credential} of scope "${(actor as Extract<Actor, { scope: unknown }>).scope}" cannot be used for this (${action}): it needs "${ruleOf(action).scope}".`;
  }
}

const CREDENTIAL: Record<Actor["kind"], string> = {
  admin: "The admin token",
  dev: "Development mode",
  scraper: "The metrics token",
  "api-key": "An API key",
  "event-key": "An event key",
  app: "An app's signature",
  "run-token": "A run token",
};
