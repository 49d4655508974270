import { Command } from "commander";
import type { Context } from "../context.ts";
import { profilesAddCommand } from "./profiles-add.ts";
import { profilesListCommand } from "./profiles-list.ts";
import { profilesRemoveCommand } from "./profiles-remove.ts";
import { profilesUseCommand } from "./profiles-use.ts";

export function profilesCommand(context: Context): Command {
  return new Command("profiles")
    .description(
      "keep engines by a name, each with its workspace and its key, in a file that only you can read",
    )
    .helpCommand(false)
    .addCommand(profilesListCommand(context), { isDefault: true })
    .addCommand(profilesAddCommand(context))
    .addCommand(profilesUseCommand(context))
    .addCommand(profilesRemoveCommand(context));
}
