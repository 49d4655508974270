import { Command } from "commander";
import type { Context } from "../context.ts";
import { jsonFlag } from "../json-flag.ts";
import { apiOf, type EngineFlags, withEngine } from "../target.ts";

interface CompleteFlags extends EngineFlags {
  readonly data?: string;
}

/** A token names its app and environment, and needs no key: whoever has it may complete it. */
export function tokensCompleteCommand(context: Context): Command {
  return withEngine(new Command("complete"))
    .description("complete a token: the run that waits for it goes on")
    .argument("<token>", "the token, or the URL that ends with it")
    .option("--data <json>", "what the wait returns, as JSON; null when it is missing")
    .action(async (text: string, flags: CompleteFlags) => {
      const { value: body = null } = jsonFlag("--data", flags.data);
      const api = await apiOf(flags, context.environment, null);
      const token = text.slice(text.lastIndexOf("/") + 1);
      const answer = await api.completeToken({ params: { token }, body });
      context.say(flags.json ? JSON.stringify(answer) : "The token is completed; its run goes on.");
    });
}
