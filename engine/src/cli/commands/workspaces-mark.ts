import { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { apiOf, type EngineFlags, withEngine } from "../target.ts";

interface MarkFlags extends EngineFlags {
  readonly production?: boolean;
  readonly reason?: string;
}

export function workspacesMarkCommand(context: Context): Command {
  return withEngine(new Command("mark"))
    .description("mark a workspace production: then every change in it is asked about twice")
    .argument("<app/env>", "as in shop/prod")
    .option("--production", "people are asked twice")
    .option("--no-production", "people are not asked twice any more")
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (name: string, { production, reason, ...flags }: MarkFlags) => {
      const [, app, env] = /^([^/]+)\/([^/]+)$/.exec(name) ?? [];
      if (app === undefined || env === undefined)
        throw usageError(`${JSON.stringify(name)} names no workspace; say it as in shop/prod.`);
      if (production === undefined) throw usageError("Say --production or --no-production.");
      const api = await apiOf(flags, context.environment);
      const answer = await api.markWorkspace({ params: { app, env }, body: { production, reason } });
      if (flags.json) return context.say(JSON.stringify(answer));
      context.say(`${name} is marked ${production ? "production" : "as no production"} now.`);
    });
}
