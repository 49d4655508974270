import { Command } from "commander";
import type { Context } from "../context.ts";
import { limitsListCommand } from "./limits-list.ts";
import { limitsResetCommand } from "./limits-reset.ts";
import { limitsSetCommand } from "./limits-set.ts";

export function limitsCommand(context: Context): Command {
  return new Command("limits")
    .description("list the limits of an app with who waits at them, and set them to other numbers")
    .helpCommand(false)
    .addCommand(limitsListCommand(context))
    .addCommand(limitsSetCommand(context))
    .addCommand(limitsResetCommand(context));
}
