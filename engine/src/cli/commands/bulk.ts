import { Command } from "commander";
import type { Context } from "../context.ts";
import { bulkListCommand } from "./bulk-list.ts";
import { bulkRunCommand } from "./bulk-run.ts";
import { bulkShowCommand } from "./bulk-show.ts";
import { bulkSteerCommand } from "./bulk-steer.ts";

export function bulkCommand(context: Context): Command {
  return new Command("bulk")
    .description("do the same to many runs, a few of them first")
    .helpCommand(false)
    .addCommand(bulkRunCommand(context))
    .addCommand(bulkListCommand(context))
    .addCommand(bulkShowCommand(context))
    .addCommand(
      bulkSteerCommand(context, "continue", "go on with a bulk that is held after its canary, or paused"),
    )
    .addCommand(bulkSteerCommand(context, "pause", "hold a bulk; what is done stays done"))
    .addCommand(bulkSteerCommand(context, "abort", "end a bulk; what is done stays done"));
}
