import { Command } from "commander";
import type { Context } from "../context.ts";
import { alertsListCommand } from "./alerts-list.ts";
import { alertsRulesCommand } from "./alerts-rules.ts";
import { alertsSetCommand } from "./alerts-set.ts";

export function alertsCommand(context: Context): Command {
  return new Command("alerts")
    .description("what is wrong now, and what is told of it")
    .helpCommand(false)
    .addCommand(alertsListCommand(context), { isDefault: true })
    .addCommand(alertsRulesCommand(context))
    .addCommand(alertsSetCommand(context));
}
