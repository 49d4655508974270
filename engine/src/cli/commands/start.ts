import { Command } from "commander";
import type { Context } from "../context.ts";
import { ROLES } from "../roles.ts";
import type { StartFlags } from "./start-action.ts";

/** Production: a database of the user's own, and nobody gets in without a key. */
export function startCommand(context: Context): Command {
  return new Command("start")
    .description(
      "start an engine for production (needs DURABLE_DATABASE_URL, DURABLE_ADMIN_TOKEN and DURABLE_ENCRYPTION_KEY)",
    )
    .option("--port <number>", "listen there (DURABLE_PORT, 4400)")
    .option("--host <address>", "listen on this address (DURABLE_HOST, 0.0.0.0)")
    .option("--role <names>", `what this process does: ${ROLES.join(",")} (all)`)
    .action(async (flags: StartFlags) => {
      const { runStart } = await import("./start-action.ts");
      await runStart(context, flags);
    });
}
