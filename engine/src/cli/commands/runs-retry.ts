import { Command } from "commander";
import type { Context } from "../context.ts";
import { sayRerun } from "../say-rerun.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface RetryFlags extends TargetFlags {
  readonly preview?: true;
  readonly reason?: string;
}

export function runsRetryCommand(context: Context): Command {
  return withTarget(new Command("retry"))
    .description("go on from the step that failed, as a new run with the newest code")
    .argument("<run>", "the run's id")
    .option("--preview", "say what would be done, and do nothing")
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (id: string, flags: RetryFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.rerunRun({
        params: { ...workspace, id },
        query: { preview: flags.preview === true ? "true" : "false" },
        body: { reason: flags.reason, from_step: "failed" },
      });
      sayRerun(context, answer, flags.json === true);
    });
}
