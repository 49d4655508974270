import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

export function callersListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .description("list the apps that may invoke functions of this one")
    .action(async (flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.listCallers({ params: workspace });
      if (flags.json) return context.say(JSON.stringify(answer));
      if (answer.callers.length === 0)
        return context.say(`No other app may invoke functions of ${workspace.app} in ${workspace.env}.`);
      const rows = answer.callers.map(({ app, functions, created_by: by, created_at: at }) => [
        app,
        functions.join(" "),
        by,
        at,
      ]);
      for (const line of table(["CALLER", "FUNCTIONS", "ALLOWED BY", "SINCE"], rows)) context.say(line);
    });
}
