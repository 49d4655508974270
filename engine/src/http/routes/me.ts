import { type Actor, actorName } from "../../auth/actor.ts";
import type { KeyScope } from "../../auth/bearer-key.ts";
import { isPerson } from "../../auth/confirmation.ts";
import { VERSION } from "../../version.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

/** Those that auth/actions.ts lets in here. */
type Me = Extract<Actor, { readonly kind: "admin" | "dev" | "api-key" | "event-key" }>;

export function meRoutes({ config, registry }: RouteParts): Handlers<"getMe"> {
  return {
    async getMe({ actor }) {
      const me = actor as Me;
      return {
        kind: me.kind,
        name: actorName(me),
        scope: scopeOf(me),
        workspace: "workspaceId" in me ? await workspaceOf(me.workspaceId) : null,
        is_asked_twice: isPerson(me),
        mode: config.mode,
        version: VERSION,
      };
    },
  };

  async function workspaceOf(workspaceId: number) {
    const { app, environment, isProduction } = await registry.of(workspaceId);
    return { app, environment, production: isProduction };
  }
}

function scopeOf(me: Me): KeyScope {
  if (me.kind === "event-key") return "send";
  return me.kind === "api-key" ? me.scope : "admin";
}
