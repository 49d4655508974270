import { Command } from "commander";
import type { Context } from "../context.ts";
import { jsonFlag } from "../json-flag.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface AnswerFlags extends TargetFlags {
  readonly value: string;
  readonly by?: string;
}

export function inputsAnswerCommand(context: Context): Command {
  return withTarget(new Command("answer"))
    .description("answer an input; the run goes on with it")
    .argument("<input>", "the input's id")
    .requiredOption("--value <json>", "the answer, as JSON; it must fit the input's schema")
    .option("--by <name>", "who answers")
    .action(async (id: string, flags: AnswerFlags) => {
      const { value } = jsonFlag("--value", flags.value);
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.answerInput({ params: { ...workspace, id }, body: { value, by: flags.by } });
      if (answer.unjudged !== undefined) context.note(answer.unjudged);
      context.say(
        flags.json ? JSON.stringify(answer) : `Answered by ${answer.by} at ${answer.at}; the run goes on.`,
      );
    });
}
