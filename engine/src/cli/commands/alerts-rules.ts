import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

export function alertsRulesCommand(context: Context): Command {
  return withTarget(new Command("rules"))
    .description("list when an alert of each kind is told")
    .action(async (flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.listAlertRules({ params: workspace });
      if (flags.json) return context.say(JSON.stringify(answer));
      const rows = answer.rules.map(({ kind, enabled, options, muted_until }) => [
        kind,
        !enabled ? "off" : muted_until === null ? "on" : `muted until ${muted_until}`,
        Object.entries(options)
          .map(([name, number]) => `${name}=${number}`)
          .join(" "),
      ]);
      for (const line of table(["KIND", "STATE", "OPTIONS"], rows)) context.say(line);
    });
}
