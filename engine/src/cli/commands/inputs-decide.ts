import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface DecideFlags extends TargetFlags {
  readonly by?: string;
  readonly comment?: string;
}

export function inputsApproveCommand(context: Context): Command {
  return decideCommand(context, "approve", true);
}

export function inputsRejectCommand(context: Context): Command {
  return decideCommand(context, "reject", false);
}

function decideCommand(context: Context, name: "approve" | "reject", approved: boolean): Command {
  return withTarget(new Command(name))
    .description(`${name} what a run asks approval for; it goes on with that`)
    .argument("<input>", "the input's id")
    .option("--by <name>", "who decides")
    .option("--comment <text>", "why, for the run and whoever asks later")
    .action(async (id: string, { by, comment, ...flags }: DecideFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.answerInput({
        params: { ...workspace, id },
        body: { approved, comment, by },
      });
      const did = approved ? "Approved" : "Rejected";
      context.say(
        flags.json ? JSON.stringify(answer) : `${did} by ${answer.by} at ${answer.at}; the run goes on.`,
      );
    });
}
