import { Command } from "commander";
import type { Context } from "../context.ts";
import { keysCreateCommand } from "./keys-create.ts";
import { keysListCommand } from "./keys-list.ts";
import { keysRevokeCommand } from "./keys-revoke.ts";

/** Two kinds: an event key can only send events; a signing secret proves engine and app to each other. */
export function keysCommand(context: Context): Command {
  return new Command("keys")
    .description("create, list and revoke event keys and signing secrets")
    .helpCommand(false)
    .addCommand(keysCreateCommand(context))
    .addCommand(keysListCommand(context))
    .addCommand(keysRevokeCommand(context));
}
