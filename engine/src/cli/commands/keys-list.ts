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
      const [{ event_keys }, { signing_secrets }] = await Promise.all([
        api.listEventKeys({ params: workspace }),
        api.listSigningSecrets({ params: workspace }),
      ]);
      if (flags.json) return context.say(JSON.stringify({ event_keys, signing_secrets }));
      const rows = [
        ...event_keys.map((key) => [
          "event",
          String(key.id),
          `${key.prefix}…`,
          key.created_at,
          state("revoked", key.revoked_at),
        ]),
        ...signing_secrets.map((secret) => [
          "secret",
          String(secret.id),
          `sha256 ${secret.fingerprint}`,
          secret.created_at,
          state("retired", secret.retired_at),
        ]),
      ];
      if (rows.length === 0) return context.say(`No keys in ${workspace.app} (${workspace.env}) yet.`);
      for (const line of table(["KIND", "ID", "KNOWN BY", "CREATED", "STATE"], rows)) context.say(line);
    });
}

function state(ended: string, at: string | null): string {
  return at === null ? "in use" : `${ended} ${at}`;
}
