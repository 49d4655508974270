import { Command } from "commander";
import type { Context } from "../context.ts";
import { runsCancelCommand } from "./runs-cancel.ts";
import { runsListCommand } from "./runs-list.ts";
import { runsShowCommand } from "./runs-show.ts";

export function runsCommand(context: Context): Command {
  return new Command("runs")
    .description("list, show and cancel runs")
    .helpCommand(false)
    .addCommand(runsListCommand(context))
    .addCommand(runsShowCommand(context))
    .addCommand(runsCancelCommand(context));
}
