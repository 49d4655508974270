import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type EngineFlags, withEngine } from "../target.ts";
import { table } from "../terminal/table.ts";

export function workspacesListCommand(context: Context): Command {
  return withEngine(new Command("ls"))
    .description("list all apps with their environments")
    .action(async (flags: EngineFlags) => {
      const api = await apiOf(flags, context.environment);
      const { apps } = await api.listApps();
      if (flags.json) return context.say(JSON.stringify({ apps }));
      if (apps.length === 0) return context.say(`The engine at ${api.url} knows no app yet.`);
      const rows = apps.map(({ app, environment, production, endpoint }) => [
        `${app}/${environment}`,
        production ? "production" : "",
        endpoint?.url ?? "not synced yet",
      ]);
      for (const line of table(["WORKSPACE", "MARKED", "ENDPOINT"], rows)) context.say(line);
    });
}
