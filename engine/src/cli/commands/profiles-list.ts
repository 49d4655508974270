import { Command } from "commander";
import type { Context } from "../context.ts";
import { readProfiles } from "../profiles/profile-file.ts";
import { table } from "../terminal/table.ts";
import { shown } from "./profiles-add.ts";

export function profilesListCommand(context: Context): Command {
  return new Command("ls")
    .alias("list")
    .description("list the profiles, without their tokens")
    .option("--json", "answer as JSON")
    .action((flags: { readonly json?: true }) => {
      const { used, profiles } = readProfiles(context.environment);
      const rows = Object.entries(profiles);
      if (flags.json) {
        const all = rows.map(([name, profile]) => ({ name, used: name === used, ...shown(profile) }));
        return context.say(JSON.stringify({ profiles: all }));
      }
      if (rows.length === 0) return context.say("No profiles yet: durable profiles add NAME --url URL");
      const lines = rows.map(([name, { url, app, env, token, production }]) => [
        name === used ? `${name} *` : name,
        url,
        app ?? "-",
        env ?? "-",
        token === undefined ? "no" : "yes",
        production ? context.paint.red("production") : "",
      ]);
      for (const line of table(["NAME", "ENGINE", "APP", "ENV", "TOKEN", ""], lines)) context.say(line);
      if (used !== null) context.note(`* counts where neither --profile nor DURABLE_PROFILE says another.`);
    });
}
