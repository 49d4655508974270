// The second click. Where a workspace is marked production, a person's change is answered with a token for exactly this
// call, and done when the call comes again with it. Nothing is stored: the token is a stamp on what is to happen.
import { createHash } from "node:crypto";
import { type Action, ruleOf } from "./actions.ts";
import { type Actor, actorName } from "./actor.ts";
import type { EngineKeys } from "./engine-keys.ts";

/** How long a person has for the second click. */
export const CONFIRM_S = 30;

/** Instead of a token: whoever sends it is asked, wherever it is. */
export const CONFIRM_ASK = "ask";

export interface ConfirmedCall {
  readonly actor: Actor;
  readonly action: Action;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: Uint8Array;
}

/** Who is asked, and whose starts are audited. Behind apps and event keys nobody sits. */
const PEOPLE: readonly Actor["kind"][] = ["admin", "dev", "api-key"];

export function isPerson({ kind }: Actor): boolean {
  return PEOPLE.includes(kind);
}

export function isAskedTwice(actor: Actor, action: Action): boolean {
  const { effect, unasked } = ruleOf(action);
  return effect === "changes" && unasked === null && isPerson(actor);
}

export function makeConfirmation(keys: EngineKeys, call: ConfirmedCall, nowS: number): string {
  return keys.stampUntil("confirm", textOf(call), nowS + CONFIRM_S);
}

export function isConfirmed(keys: EngineKeys, call: ConfirmedCall, token: string, nowS: number): boolean {
  return keys.isStampedStill("confirm", textOf(call), token, nowS);
}

/** As JSON: no two calls make the same text. */
function textOf({ actor, action, method, path, body }: ConfirmedCall): string {
  const bodySha256 = createHash("sha256").update(body).digest("hex");
  return JSON.stringify([actorName(actor), action, method, path, bodySha256]);
}
