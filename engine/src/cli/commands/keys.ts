import { Command } from "commander";
import type { Context } from "../context.ts";
import { keysCreateCommand } from "./keys-create.ts";
import { keysListCommand } from "./keys-list.ts";
import { keysRevokeCommand } from "./keys-revoke.ts";

/** An event key can only send events, an API key reaches as far as its scope, a signing secret proves engine and app to each other. */
export function keysCommand(context: Context): Command {
  return new Command("keys")
    .description("create, list and revoke event keys, API keys and signing secrets")
    .helpCommand(false)
    .addCommand(keysCreateCommand(context))
    .addCommand(keysListCommand(context))
    .addCommand(keysRevokeCommand(context));
}
