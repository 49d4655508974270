import { text } from "node:stream/consumers";
import { Command } from "commander";
import { bornProduction } from "../../domain/production.ts";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { type Profile, readProfiles, writeProfiles } from "../profiles/profile-file.ts";

interface AddFlags {
  readonly url: string;
  readonly app?: string;
  readonly env?: string;
  readonly withToken?: true;
  readonly production?: boolean;
  readonly json?: true;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/;

export function profilesAddCommand(context: Context): Command {
  return (
    new Command("add")
      .description("keep an engine under a name, or change what is kept under it")
      .argument("<name>", "what it is called")
      .requiredOption("--url <url>", "the engine")
      .option("--app <name>", "the app")
      .option("--env <name>", "the environment")
      // A command line can be read by others of the machine, and stays in the shell's history.
      .option("--with-token", "read the admin token or an API key from stdin")
      .option("--production", "mark it: each command says so in red (environments called prod are marked)")
      .option("--no-production", "do not mark it")
      .option("--json", "answer as JSON")
      .action(async (name: string, flags: AddFlags) => {
        if (!NAME.test(name))
          throw usageError(
            `A profile is called by 1 to 50 of A-Z a-z 0-9 . _ -; ${JSON.stringify(name)} is not.`,
          );
        if (!URL.canParse(flags.url) || !/^https?:$/.test(new URL(flags.url).protocol))
          throw usageError(
            `--url is ${JSON.stringify(flags.url)}; allowed is an address like https://durable.example.com.`,
          );
        const token = flags.withToken ? (await text(process.stdin)).trim() : undefined;
        if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
          throw usageError("What came from stdin is no token: one line without spaces is expected.");
        const { url, app, env } = flags;
        const profile = {
          url,
          ...(app === undefined ? {} : { app }),
          ...(env === undefined ? {} : { env }),
          ...(token === undefined ? {} : { token }),
          production: flags.production ?? (env !== undefined && bornProduction(env)),
        } satisfies Profile;
        const kept = readProfiles(context.environment);
        const isNew = !Object.hasOwn(kept.profiles, name);
        writeProfiles(context.environment, { ...kept, profiles: { ...kept.profiles, [name]: profile } });
        if (flags.json) return context.say(JSON.stringify({ name, new: isNew, ...shown(profile) }));
        context.say(
          `Profile ${name} is ${isNew ? "kept" : "changed"}${profile.production ? ", as production" : ""}. --profile ${name} uses it once, durable profiles use ${name} from now on.`,
        );
      })
  );
}

/** All of it but the token. */
export function shown({ token, ...profile }: Profile) {
  return { ...profile, has_token: token !== undefined };
}
