import type { Environment } from "../context.ts";
import type { Profile } from "./profile-file.ts";

export interface Chosen {
  readonly profile: Profile;
  /** By `--profile`, on this very command line. */
  readonly isNamed: boolean;
  /** `--url`. */
  readonly url: string | undefined;
}

const CREDENTIALS = ["DURABLE_API_KEY", "DURABLE_ADMIN_TOKEN", "DURABLE_EVENT_KEY"] as const;

/**
 * The environment as a command sees it that has a profile, or null where the profile is not meant. What a command line says
 * goes before the environment, and the environment before the profile in use; `--profile` is said on the command line. A key
 * is sent to the engine it is kept with, and to no other: where another one is named, the profile does not count.
 */
export function layered(environment: Environment, { profile, isNamed, url }: Chosen): Environment | null {
  const { app, env, token } = profile;
  const isElsewhere = url !== undefined && !isSame(url, profile.url);
  const own = { DURABLE_APP: app, DURABLE_ENV: env };
  if (isNamed) {
    if (isElsewhere) return { ...environment, ...own };
    const none = Object.fromEntries(CREDENTIALS.map((name) => [name, undefined]));
    return { ...environment, ...none, ...own, DURABLE_URL: profile.url, DURABLE_API_KEY: token };
  }
  const says = (name: string) => (environment[name]?.trim() ?? "") !== "";
  const isOther = says("DURABLE_URL")
    ? !isSame(environment["DURABLE_URL"]!, profile.url)
    : says("DURABLE_PORT");
  if (isElsewhere || isOther) return null;
  const ownKey = CREDENTIALS.some(says) ? {} : { DURABLE_API_KEY: token };
  const said = Object.fromEntries(Object.entries(environment).filter(([name]) => says(name)));
  return { ...own, ...ownKey, DURABLE_URL: profile.url, ...said };
}

function isSame(a: string, b: string): boolean {
  const plain = (url: string) =>
    (URL.canParse(url.trim()) ? new URL(url.trim()).href : url).replace(/\/+$/, "");
  return plain(a) === plain(b);
}
