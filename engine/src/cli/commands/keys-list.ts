import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

export function keysListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .description("list keys, without the keys themselves")
    .action(async (flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const [{ keys }, { signing_secrets }] = await Promise.all([
        api.listKeys({ params: workspace, query: { limit: 200 } }),
        api.listSigningSecrets({ params: workspace }),
      ]);
      if (flags.json) return context.say(JSON.stringify({ keys, signing_secrets }));
      const rows = [
        ...keys.map(({ id, scope, prefix, created_at, last_used_at, revoked_at, expires_at }) => [
          scope === "send" ? "event" : `api ${scope}`,
          String(id),
          `${prefix}…`,
          created_at,
          last_used_at ?? "never",
          revoked_at === null ? state("ends", expires_at) : `revoked ${revoked_at}`,
        ]),
        ...signing_secrets.map(({ id, fingerprint, created_at, retired_at }) => [
          "secret",
          String(id),
          `sha256 ${fingerprint}`,
          created_at,
          "",
          state("retired", retired_at),
        ]),
      ];
      if (rows.length === 0) return context.say(`No keys in ${workspace.app} (${workspace.env}) yet.`);
      for (const line of table(["KIND", "ID", "KNOWN BY", "CREATED", "USED", "STATE"], rows))
        context.say(line);
    });
}

function state(ended: string, at: string | null): string {
  return at === null ? "in use" : `${ended} ${at}`;
}
