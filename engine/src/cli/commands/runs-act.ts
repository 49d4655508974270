import { Command } from "commander";
import type { Context } from "../context.ts";
import { type Api, apiOf, type TargetFlags, type Workspace, withTarget, workspaceOf } from "../target.ts";

/** What a person does to a run, and what is said about it. */
export interface RunAction<Answer> {
  readonly name: string;
  readonly description: string;
  readonly call: (
    api: Api,
    input: {
      readonly params: Workspace & { readonly id: string };
      readonly body: { readonly reason?: string | undefined };
    },
  ) => Promise<Answer>;
  readonly said: (answer: Answer) => string;
}

interface ActFlags extends TargetFlags {
  readonly reason?: string;
}

export function runActionCommand<Answer>(context: Context, action: RunAction<Answer>): Command {
  return withTarget(new Command(action.name))
    .description(action.description)
    .argument("<run>", "the run's id")
    .option("--reason <text>", "kept with the run, for whoever asks later")
    .action(async (id: string, flags: ActFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await action.call(api, { params: { ...workspace, id }, body: { reason: flags.reason } });
      context.say(flags.json ? JSON.stringify(answer) : action.said(answer));
    });
}
