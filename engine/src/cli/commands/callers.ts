import { Command } from "commander";
import type { Context } from "../context.ts";
import { callersAllowCommand } from "./callers-allow.ts";
import { callersListCommand } from "./callers-list.ts";
import { callersRemoveCommand } from "./callers-remove.ts";

export function callersCommand(context: Context): Command {
  return new Command("callers")
    .description("which other apps of the environment may invoke functions of this one")
    .helpCommand(false)
    .addCommand(callersListCommand(context))
    .addCommand(callersAllowCommand(context))
    .addCommand(callersRemoveCommand(context));
}
