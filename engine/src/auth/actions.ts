// All that can be done through a door, and by whom. What is not written here is denied.
import type { Actor, Scope } from "./actor.ts";

interface Rule {
  /** `changes`: audited, and asked about a second time where the workspace is marked production. */
  readonly effect: "reads" | "changes";
  /** `anybody`: open. `people`: the admin token, dev mode, and API keys of the scope. `nobody`: only `also`. */
  readonly open: "anybody" | "people" | "nobody";
  /** The least scope of an API key that may; null: no API key may. */
  readonly scope: Scope | null;
  /** Who else may, in their own workspace. */
  readonly also: readonly Actor["kind"][];
  /** Why nobody is asked a second time, although it changes something. */
  readonly unasked: string | null;
  /** `with`: in the statement that does it. `before`: by the door, under this word. Null: what it makes is its own record, or nothing is made. */
  readonly audited: "with" | { readonly before: string } | null;
}

const PUBLIC: Rule = {
  effect: "reads",
  open: "anybody",
  scope: null,
  also: [],
  unasked: null,
  audited: null,
};

function reads(scope: Scope | null, ...also: Actor["kind"][]): Rule {
  return { effect: "reads", open: "people", scope, also, unasked: null, audited: null };
}

function changes(scope: Scope | null, ...also: Actor["kind"][]): Rule {
  return { effect: "changes", open: "people", scope, also, unasked: null, audited: "with" };
}

export const ACTIONS = {
  // These two say nothing about any workspace.
  "health.read": PUBLIC,
  "api.read": PUBLIC,
  "pages.read": reads(null),
  // A key of one workspace sees that one.
  "apps.list": reads("read"),
  "things.find": reads("read"),
  "me.read": reads("read", "event-key"),
  "apps.sync": { ...changes("write", "app"), unasked: "every deploy syncs, and nobody sits there" },
  "syncs.read": reads("read"),
  "workspaces.mark": changes("admin"),
  "retention.read": reads("read"),
  "retention.set": changes("admin"),
  "audit.read": reads("read"),
  "keys.read": reads("admin"),
  "keys.create": changes("admin"),
  "keys.revoke": changes("admin"),
  "secrets.read": reads("admin"),
  "secrets.create": changes("admin"),
  "secrets.retire": changes("admin"),
  // The event is the record, and the busiest door pays for no other.
  "events.send": { ...changes("write", "app", "event-key"), audited: null },
  "events.read": reads("read"),
  "signals.send": { ...changes("write", "app", "event-key"), audited: null },
  "tokens.complete": {
    ...PUBLIC,
    effect: "changes",
    unasked: "the token is the credential, and is used once",
  },
  "deployments.read": reads("read"),
  "deployments.retire": changes("write"),
  "errors.read": reads("read"),
  "errors.triage": changes("write"),
  "views.read": reads("read"),
  "views.save": {
    ...changes("write"),
    unasked: "it changes what a page is asked for, and nothing that runs",
  },
  "alerts.read": reads("read"),
  "alerts.set": changes("write"),
  // Their addresses can hold secrets of others.
  "webhooks.read": reads("admin"),
  "webhooks.manage": changes("admin"),
  "callers.read": reads("read"),
  "callers.manage": changes("admin"),
  "limits.read": reads("read"),
  "limits.set": changes("write"),
  "schedules.read": reads("read"),
  "schedules.manage": changes("write"),
  "schedules.run": { ...changes("write"), audited: { before: "schedule.run" } },
  "functions.read": reads("read"),
  // A signature covers the body and not the path: seen once, it could be sent to another path of the same workspace.
  // So an app may only do what its signed body says in full; here the body names the path (http/routes/payload.ts).
  "functions.start": { ...changes("write", "app"), audited: { before: "function.start" } },
  "functions.call": { ...changes("write", "app"), audited: { before: "function.call" } },
  "runs.query": reads("read", "app"),
  "inputs.answer": changes("write", "app"),
  "inputs.read": reads("read"),
  // Of all workspaces, but for a key: that sees its own.
  "metrics.scrape": reads("read", "scraper"),
  // It names the machines of the installation.
  "fleet.read": reads(null),
  "runs.read": reads("read"),
  "runs.watch": reads("read", "run-token"),
  "runs.share": changes("write"),
  "runs.cancel": changes("write"),
  "runs.begin": changes("write"),
  "runs.pause": changes("write"),
  "runs.resume": changes("write"),
  "runs.move": changes("write"),
  "runs.rerun": changes("write"),
  "runs.repair": changes("write"),
  "runs.erase": changes("admin"),
  "bulks.manage": changes("write"),
  // Its body names the run by a fence, which nobody else knows.
  "runs.dispatched": {
    effect: "changes",
    open: "nobody",
    scope: null,
    also: ["app"],
    unasked: "an app works on its dispatch",
    audited: null,
  },
  "skips.run": changes("write"),
} as const satisfies Record<string, Rule>;

export type Action = keyof typeof ACTIONS;

export function ruleOf(action: Action): Rule {
  return ACTIONS[action];
}
