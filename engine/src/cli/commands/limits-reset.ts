import { Command } from "commander";
import type { Context } from "../context.ts";
import { changeLimit, type LimitFlags, withReason } from "./limits-change.ts";

export function limitsResetCommand(context: Context): Command {
  return withReason(new Command("reset"))
    .description("set a limit back to what its function declares")
    .argument("<limit>", "its id, as `limits ls` shows it")
    .action((id: string, flags: LimitFlags) =>
      changeLimit(context, flags, id, null, `The limit ${id} is again what its function declares.`),
    );
}
