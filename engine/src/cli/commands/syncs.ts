import { Command } from "commander";
import type { Context } from "../context.ts";
import { syncsListCommand } from "./syncs-list.ts";

export function syncsCommand(context: Context): Command {
  return new Command("syncs")
    .description("what the engine learnt of an app, and when")
    .helpCommand(false)
    .addCommand(syncsListCommand(context), { isDefault: true });
}
