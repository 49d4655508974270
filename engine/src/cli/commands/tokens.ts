import { Command } from "commander";
import type { Context } from "../context.ts";
import { tokensCompleteCommand } from "./tokens-complete.ts";

export function tokensCommand(context: Context): Command {
  return new Command("tokens")
    .description("complete tokens that runs have given away")
    .helpCommand(false)
    .addCommand(tokensCompleteCommand(context));
}
