import { Command } from "commander";
import type { Context } from "../context.ts";
import { profileOf, readProfiles, writeProfiles } from "../profiles/profile-file.ts";

export function profilesRemoveCommand(context: Context): Command {
  return new Command("rm")
    .description("forget a profile, with its token; the key itself stays good until it is revoked")
    .argument("<name>", "the profile")
    .option("--json", "answer as JSON")
    .action((name: string, flags: { readonly json?: true }) => {
      const { used, profiles } = readProfiles(context.environment);
      profileOf({ used, profiles }, name, "profiles rm");
      const { [name]: _, ...others } = profiles;
      writeProfiles(context.environment, { used: used === name ? null : used, profiles: others });
      context.say(flags.json ? JSON.stringify({ removed: name }) : `Profile ${name} is forgotten.`);
    });
}
