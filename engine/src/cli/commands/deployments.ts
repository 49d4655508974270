import { Command } from "commander";
import type { Context } from "../context.ts";
import { deploymentsListCommand } from "./deployments-list.ts";
import { deploymentsRetireCommand } from "./deployments-retire.ts";

export function deploymentsCommand(context: Context): Command {
  return new Command("deployments")
    .description("list the deployments of an app, and retire old ones")
    .helpCommand(false)
    .addCommand(deploymentsListCommand(context))
    .addCommand(deploymentsRetireCommand(context));
}
