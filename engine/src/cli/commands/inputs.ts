import { Command } from "commander";
import type { Context } from "../context.ts";
import { inputsAnswerCommand } from "./inputs-answer.ts";
import { inputsApproveCommand, inputsRejectCommand } from "./inputs-decide.ts";
import { inputsListCommand } from "./inputs-list.ts";
import { inputsShowCommand } from "./inputs-show.ts";

export function inputsCommand(context: Context): Command {
  return new Command("inputs")
    .description("the inbox: list and show what people are asked, answer, approve, reject")
    .helpCommand(false)
    .addCommand(inputsListCommand(context))
    .addCommand(inputsShowCommand(context))
    .addCommand(inputsAnswerCommand(context))
    .addCommand(inputsApproveCommand(context))
    .addCommand(inputsRejectCommand(context));
}
