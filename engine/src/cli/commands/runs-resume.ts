import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface ResumeFlags extends TargetFlags {
  readonly reason?: string;
}

export function runsResumeCommand(context: Context): Command {
  return withTarget(new Command("resume"))
    .description("let a paused run go on; steps that failed get fresh attempts")
    .argument("<run>", "the run's id")
    .option("--reason <text>", "kept with the run, for whoever asks later")
    .action(async (id: string, flags: ResumeFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.resumeRun({ params: { ...workspace, id }, body: { reason: flags.reason } });
      if (flags.json) return context.say(JSON.stringify(answer));
      context.say(`Run ${answer.id} goes on (${answer.status}).`);
    });
}
