import { Command } from "commander";
import type { Context } from "../context.ts";
import { schedulesBackfillCommand } from "./schedules-backfill.ts";
import { schedulesCreateCommand } from "./schedules-create.ts";
import { schedulesDeleteCommand } from "./schedules-delete.ts";
import { schedulesListCommand } from "./schedules-list.ts";
import { schedulesPauseCommand } from "./schedules-pause.ts";
import { schedulesResumeCommand } from "./schedules-resume.ts";
import { schedulesRunCommand } from "./schedules-run.ts";

export function schedulesCommand(context: Context): Command {
  return new Command("schedules")
    .description("list what the clock starts, and create, pause, run and backfill it")
    .helpCommand(false)
    .addCommand(schedulesListCommand(context))
    .addCommand(schedulesCreateCommand(context))
    .addCommand(schedulesPauseCommand(context))
    .addCommand(schedulesResumeCommand(context))
    .addCommand(schedulesDeleteCommand(context))
    .addCommand(schedulesRunCommand(context))
    .addCommand(schedulesBackfillCommand(context));
}
