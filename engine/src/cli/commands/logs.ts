import { Command } from "commander";
import type { Context } from "../context.ts";
import { logsTailCommand } from "./logs-tail.ts";

export function logsCommand(context: Context): Command {
  return new Command("logs")
    .description("print what the code of all runs says")
    .helpCommand(false)
    .addCommand(logsTailCommand(context));
}
