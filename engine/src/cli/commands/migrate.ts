import { Command } from "commander";
import type { Context } from "../context.ts";
import type { MigrateFlags } from "./migrate-action.ts";

/** The engine does this by itself when it starts; the command is for deployments that want it as a step of its own. */
export function migrateCommand(context: Context): Command {
  return new Command("migrate")
    .description("bring the database to the schema of this version (every start does this too)")
    .option(
      "--data-dir <folder>",
      "of the embedded Postgres, without DURABLE_DATABASE_URL (DURABLE_DATA_DIR, ~/.durable)",
    )
    .option("--json", "answer as JSON")
    .action(async (flags: MigrateFlags) => {
      const { runMigrate } = await import("./migrate-action.ts");
      await runMigrate(context, flags);
    });
}
