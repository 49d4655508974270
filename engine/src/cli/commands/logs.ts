import { Command } from "commander";
import type { Context } from "../context.ts";
import { logsListCommand } from "./logs-list.ts";
import { logsTailCommand } from "./logs-tail.ts";

export function logsCommand(context: Context): Command {
  return new Command("logs")
    .description("print what the code of all runs says")
    .helpCommand(false)
    .addCommand(logsListCommand(context))
    .addCommand(logsTailCommand(context));
}
