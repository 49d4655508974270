import { Command } from "commander";
import type { Context } from "../context.ts";
import { PORTS } from "../discovery/places.ts";
import type { DevFlags } from "./dev-action.ts";

/** Development: no Docker, no configuration, no keys; and therefore nobody else's machine may reach it. */
export function devCommand(context: Context): Command {
  return new Command("dev")
    .description(
      "start an engine for development: embedded Postgres, no keys, finds the apps of this machine",
    )
    .option("--port <number>", "listen there (DURABLE_PORT, 4400)")
    .option("--data-dir <folder>", "keep the database there (DURABLE_DATA_DIR, ~/.durable)")
    .option(
      "--app <url>",
      "an app to sync and watch; may be repeated",
      (url: string, urls: string[]) => [...urls, url],
      [],
    )
    .option("--no-discovery", `do not look for apps on ports ${PORTS.join(", ")}`)
    .option("--json", "say what happens as one JSON object per line")
    .action(async (flags: DevFlags) => {
      // Loaded when it is needed: an engine takes half a second to load, and `--help` should not.
      const { runDev } = await import("./dev-action.ts");
      await runDev(context, flags);
    });
}
