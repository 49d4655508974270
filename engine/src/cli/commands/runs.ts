import { Command } from "commander";
import type { Context } from "../context.ts";
import { runsBeginCommand } from "./runs-begin.ts";
import { runsCancelCommand } from "./runs-cancel.ts";
import { runsCountCommand } from "./runs-count.ts";
import { runsHistoryCommand } from "./runs-history.ts";
import { runsListCommand } from "./runs-list.ts";
import { runsLogsCommand } from "./runs-logs.ts";
import { runsMoveCommand } from "./runs-move.ts";
import { runsPauseCommand } from "./runs-pause.ts";
import { runsRepairCommand } from "./runs-repair.ts";
import { runsRerunCommand } from "./runs-rerun.ts";
import { runsResumeCommand } from "./runs-resume.ts";
import { runsRetryCommand } from "./runs-retry.ts";
import { runsShowCommand } from "./runs-show.ts";
import { runsTailCommand } from "./runs-tail.ts";
import { runsTokenCommand } from "./runs-token.ts";

export function runsCommand(context: Context): Command {
  return new Command("runs")
    .description(
      "list, show and tail runs, print their history and logs, begin, pause, resume, move, cancel and rerun them, make tokens for pages",
    )
    .helpCommand(false)
    .addCommand(runsListCommand(context))
    .addCommand(runsCountCommand(context))
    .addCommand(runsShowCommand(context))
    .addCommand(runsTailCommand(context))
    .addCommand(runsHistoryCommand(context))
    .addCommand(runsLogsCommand(context))
    .addCommand(runsTokenCommand(context))
    .addCommand(runsBeginCommand(context))
    .addCommand(runsPauseCommand(context))
    .addCommand(runsResumeCommand(context))
    .addCommand(runsMoveCommand(context))
    .addCommand(runsRerunCommand(context))
    .addCommand(runsRepairCommand(context))
    .addCommand(runsRetryCommand(context))
    .addCommand(runsCancelCommand(context));
}
