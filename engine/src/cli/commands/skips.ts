import { Command } from "commander";
import type { Context } from "../context.ts";
import { skipsListCommand } from "./skips-list.ts";
import { skipsRunCommand } from "./skips-run.ts";

export function skipsCommand(context: Context): Command {
  return new Command("skips")
    .description("list the events that started no run of a function, and run one anyway")
    .helpCommand(false)
    .addCommand(skipsListCommand(context), { isDefault: true })
    .addCommand(skipsRunCommand(context));
}
