import { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { changeLimit, type LimitFlags, withReason } from "./limits-change.ts";

export function limitsSetCommand(context: Context): Command {
  return withReason(new Command("set"))
    .description("set a limit to another number than its function declares; 0 lets nobody in")
    .argument("<limit>", "its id, as `limits ls` shows it")
    .argument("<count>", "how many")
    .action(async (id: string, text: string, flags: LimitFlags) => {
      const count = Number(text);
      if (!/^\d+$/.test(text))
        throw usageError(`The count is ${JSON.stringify(text)}, and must be a whole number from 0.`);
      await changeLimit(
        context,
        flags,
        id,
        count,
        count === 0
          ? `Nobody is let in at the limit ${id} any more; durable limits reset ${id} goes back to what is declared.`
          : `The limit ${id} is ${count} from now on; durable limits reset ${id} goes back to what is declared.`,
      );
    });
}
