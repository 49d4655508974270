import { Command } from "commander";
import type { Context } from "../context.ts";
import { workspacesListCommand } from "./workspaces-list.ts";
import { workspacesMarkCommand } from "./workspaces-mark.ts";

export function workspacesCommand(context: Context): Command {
  return new Command("workspaces")
    .description("list apps with their environments, and mark which are production")
    .helpCommand(false)
    .addCommand(workspacesListCommand(context))
    .addCommand(workspacesMarkCommand(context));
}
