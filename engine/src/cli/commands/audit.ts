import { Command } from "commander";
import type { Context } from "../context.ts";
import { auditListCommand } from "./audit-list.ts";

export function auditCommand(context: Context): Command {
  return new Command("audit")
    .description("who did what in a workspace")
    .helpCommand(false)
    .addCommand(auditListCommand(context));
}
