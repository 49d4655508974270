import { Command } from "commander";
import type { Context } from "../context.ts";
import { jsonFlag } from "../json-flag.ts";
import { sayRerun } from "../say-rerun.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface RerunFlags extends TargetFlags {
  readonly from?: string;
  readonly occurrence?: number;
  readonly data?: string;
  readonly result?: string;
  readonly sameVersion?: true;
  readonly preview?: true;
  readonly reason?: string;
}

export function runsRerunCommand(context: Context): Command {
  return withTarget(new Command("rerun"))
    .description("run it again as a new run, from the start or from a step")
    .argument("<run>", "the run's id")
    .option("--from <step>", "keep all that was recorded before this step: its name or its id")
    .option("--occurrence <number>", "which of several steps of that name, from 1", Number)
    .option("--data <json>", "instead of its event's data, as JSON")
    .option("--result <json>", "what the step of --from is given instead of being run, as JSON")
    .option("--same-version", "by the code that ran it, where that is still there")
    .option("--preview", "say what would be done, and do nothing")
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (id: string, flags: RerunFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { from, occurrence, reason } = flags;
      const answer = await api.rerunRun({
        params: { ...workspace, id },
        query: { preview: flags.preview === true ? "true" : "false" },
        body: {
          reason,
          version: flags.sameVersion === true ? "same" : "newest",
          from_step: from === undefined ? undefined : { step: from, occurrence },
          data: jsonFlag("--data", flags.data).value,
          result: jsonFlag("--result", flags.result).value,
        },
      });
      sayRerun(context, answer, flags.json === true);
    });
}
