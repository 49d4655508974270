import { Command } from "commander";
import type { Context } from "../context.ts";
import { runsBeginCommand } from "./runs-begin.ts";
import { runsCancelCommand } from "./runs-cancel.ts";
import { runsListCommand } from "./runs-list.ts";
import { runsLogsCommand } from "./runs-logs.ts";
import { runsMoveCommand } from "./runs-move.ts";
import { runsPauseCommand } from "./runs-pause.ts";
import { runsResumeCommand } from "./runs-resume.ts";
import { runsShowCommand } from "./runs-show.ts";

export function runsCommand(context: Context): Command {
  return new Command("runs")
    .description("list and show runs, print their logs, begin, pause, resume, move and cancel runs")
    .helpCommand(false)
    .addCommand(runsListCommand(context))
    .addCommand(runsShowCommand(context))
    .addCommand(runsLogsCommand(context))
    .addCommand(runsBeginCommand(context))
    .addCommand(runsPauseCommand(context))
    .addCommand(runsResumeCommand(context))
    .addCommand(runsMoveCommand(context))
    .addCommand(runsCancelCommand(context));
}
