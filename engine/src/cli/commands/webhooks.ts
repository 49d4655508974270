import { Command } from "commander";
import type { Context } from "../context.ts";
import { webhooksAddCommand } from "./webhooks-add.ts";
import { webhooksListCommand } from "./webhooks-list.ts";
import { webhooksRemoveCommand } from "./webhooks-remove.ts";
import { webhooksRotateCommand } from "./webhooks-rotate.ts";
import { webhooksSetCommand } from "./webhooks-set.ts";
import { webhooksShowCommand } from "./webhooks-show.ts";
import { webhooksTestCommand } from "./webhooks-test.ts";

export function webhooksCommand(context: Context): Command {
  return new Command("webhooks")
    .description("where events of the engine's are sent: alerts, ends of runs, what people are asked")
    .helpCommand(false)
    .addCommand(webhooksListCommand(context))
    .addCommand(webhooksAddCommand(context))
    .addCommand(webhooksShowCommand(context))
    .addCommand(webhooksTestCommand(context))
    .addCommand(webhooksSetCommand(context, true))
    .addCommand(webhooksSetCommand(context, false))
    .addCommand(webhooksRotateCommand(context))
    .addCommand(webhooksRemoveCommand(context));
}
