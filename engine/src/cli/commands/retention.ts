import { Command } from "commander";
import type { Context } from "../context.ts";
import { retentionSetCommand } from "./retention-set.ts";
import { retentionShowCommand } from "./retention-show.ts";

export function retentionCommand(context: Context): Command {
  return new Command("retention")
    .description("how long a workspace keeps what is over")
    .helpCommand(false)
    .addCommand(retentionShowCommand(context))
    .addCommand(retentionSetCommand(context));
}
