// Profiles: engines by a name, each with its workspace and its key. One file of the user's, which nobody else may read.
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { usageError } from "../cli-error.ts";
import type { Environment } from "../context.ts";

export interface Profile {
  readonly url: string;
  readonly app?: string;
  readonly env?: string;
  /** The admin token or an API key. Never printed. */
  readonly token?: string;
  readonly production: boolean;
}

export interface Profiles {
  /** The one that counts where nothing else is said. */
  readonly used: string | null;
  readonly profiles: Readonly<Record<string, Profile>>;
}

const NONE: Profiles = { used: null, profiles: {} };
const FOR_US_ALONE = 0o600;
const OTHERS = 0o077;

/** Where it is; null where the environment says no home. */
export function profilesPath(environment: Environment): string | null {
  const named = (name: string) => environment[name]?.trim() || undefined;
  const home = named("HOME");
  const folder =
    named("XDG_CONFIG_HOME") ?? named("APPDATA") ?? (home === undefined ? undefined : join(home, ".config"));
  return folder === undefined ? null : join(folder, "durable", "profiles.json");
}

/** @throws CliError where it is broken, or others may read it. */
export function readProfiles(environment: Environment): Profiles {
  const path = profilesPath(environment);
  const text = path === null ? null : readOwn(path);
  if (text === null) return NONE;
  const read = parsed(text);
  // What stands in it may be a token, so it is not quoted.
  if (!areProfiles(read))
    throw usageError(`${path} is not as \`durable profiles\` writes it; mend it, or delete it.`);
  return read;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** By hand: every command passes here, and most load no checker of shapes. */
function areProfiles(value: unknown): value is Profiles {
  if (!isRecord(value) || !isRecord(value["profiles"])) return false;
  const isTextOrNone = (text: unknown) => text === undefined || typeof text === "string";
  return (
    (value["used"] === null || typeof value["used"] === "string") &&
    Object.values(value["profiles"]).every(
      (each) =>
        isRecord(each) &&
        typeof each["url"] === "string" &&
        typeof each["production"] === "boolean" &&
        ["app", "env", "token"].every((name) => isTextOrNone(each[name])),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function writeProfiles(environment: Environment, profiles: Profiles): void {
  const path = profilesPath(environment);
  if (path === null) throw usageError("Neither XDG_CONFIG_HOME nor HOME is set, so profiles have no place.");
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Whole or not at all, and never readable for others, not even for a moment.
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, `${JSON.stringify(profiles, null, 2)}\n`, { mode: FOR_US_ALONE });
  chmodSync(draft, FOR_US_ALONE);
  renameSync(draft, path);
}

/** One of them, by its name. */
export function profileOf({ profiles }: Profiles, name: string, said: string): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile !== undefined) return profile;
  const names = Object.keys(profiles);
  throw usageError(
    `${said} names the profile ${JSON.stringify(name)}; ${names.length === 0 ? "there is none yet: durable profiles add" : `there are ${names.join(", ")}`}.`,
  );
}

function readOwn(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (process.platform !== "win32" && (stats.mode & OTHERS) !== 0)
    throw usageError(`${path} may be read by others, and has keys in it: chmod 600 ${path}`);
  return readFileSync(path, "utf8");
}
