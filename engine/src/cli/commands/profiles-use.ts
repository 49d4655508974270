import { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { profileOf, readProfiles, writeProfiles } from "../profiles/profile-file.ts";

interface UseFlags {
  readonly none?: true;
  readonly json?: true;
}

export function profilesUseCommand(context: Context): Command {
  return new Command("use")
    .description("say which profile counts from now on")
    .argument("[name]", "the profile")
    .option("--none", "none of them")
    .option("--json", "answer as JSON")
    .action((name: string | undefined, flags: UseFlags) => {
      if ((name === undefined) === (flags.none === undefined))
        throw usageError("Say which profile, or --none.");
      const kept = readProfiles(context.environment);
      const profile = name === undefined ? null : profileOf(kept, name, "profiles use");
      writeProfiles(context.environment, { ...kept, used: name ?? null });
      if (flags.json) return context.say(JSON.stringify({ used: name ?? null }));
      context.say(
        profile === null
          ? "No profile counts any more."
          : `From now on ${name} counts: ${profile.url}${profile.production ? context.paint.red(", production") : ""}.`,
      );
    });
}
