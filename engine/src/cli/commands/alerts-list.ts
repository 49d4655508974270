import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

interface ListFlags extends TargetFlags {
  readonly all?: true;
}

export function alertsListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .description("list alerts, newest first")
    .option("--all", "those that are over, too")
    .action(async (flags: ListFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.listAlerts({
        params: workspace,
        query: { state: flags.all ? "all" : "open" },
      });
      if (flags.json) return context.say(JSON.stringify(answer));
      if (answer.alerts.length === 0) return context.say("Nothing is wrong.");
      const rows = answer.alerts.map(({ kind, message, told, fired_at, resolved_at }) => [
        kind,
        fired_at,
        resolved_at ?? "open",
        told ? message : `${message} Nobody was told.`,
      ]);
      for (const line of table(["KIND", "SINCE", "UNTIL", "WHAT"], rows)) context.say(line);
    });
}
