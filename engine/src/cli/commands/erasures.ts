import { Command } from "commander";
import type { Context } from "../context.ts";
import { erasuresAbortCommand } from "./erasures-abort.ts";
import { erasuresListCommand } from "./erasures-list.ts";

export function erasuresCommand(context: Context): Command {
  return new Command("erasures")
    .description("what was erased of owners, and how far that is")
    .helpCommand(false)
    .addCommand(erasuresListCommand(context), { isDefault: true })
    .addCommand(erasuresAbortCommand(context));
}
