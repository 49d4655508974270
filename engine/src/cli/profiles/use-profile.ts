import type { Command } from "commander";
import type { Context, Environment } from "../context.ts";
import { value } from "../target.ts";
import { paintFor } from "../terminal/paint.ts";
import { layered } from "./layered.ts";
import { type Profile, profileOf, readProfiles } from "./profile-file.ts";

export interface ProfileFlags {
  readonly profile?: string;
  readonly url?: string;
}

/** Before a command that talks to an engine: what its profile says stands beneath its environment. */
export function useProfile(context: Context, command: Command): void {
  if (!command.options.some(({ long }) => long === "--profile")) return;
  const { environment, used } = environmentFor(context.environment, command.opts<ProfileFlags>());
  context.environment = environment;
  if (used === null || !used.production) return;
  const { red, bold } = paintFor(process.stderr, environment);
  const workspace = [used.app, used.env].filter((part) => part !== undefined).join("/");
  const where = workspace === "" ? used.url : `${workspace} at ${used.url}`;
  context.note(red(`${bold("PRODUCTION")}  profile ${used.name}: ${where}`));
}

/** @throws CliError where the profile that is named is not there. */
export function environmentFor(
  environment: Environment,
  { profile: named, url }: ProfileFlags,
): { readonly environment: Environment; readonly used: (Profile & { readonly name: string }) | null } {
  const profiles = readProfiles(environment);
  const fromVariable = value(environment, "DURABLE_PROFILE");
  const name = named ?? fromVariable ?? profiles.used;
  if (name === null) return { environment, used: null };
  const said =
    named !== undefined ? "--profile" : fromVariable !== undefined ? "DURABLE_PROFILE" : "profiles use";
  const profile = profileOf(profiles, name, said);
  const over = layered(environment, { profile, isNamed: named !== undefined, url });
  return over === null ? { environment, used: null } : { environment: over, used: { ...profile, name } };
}
