import type { Command } from "commander";
import type { ApiClient, SecondClick } from "../http/client.ts";
import { usageError } from "./cli-error.ts";
import { confirmChange } from "./confirm-change.ts";
import type { Environment } from "./context.ts";

/** App x environment, as it stands in the API's paths. */
export interface Workspace {
  readonly app: string;
  readonly env: string;
}

export interface EngineAddress {
  readonly url?: string;
}

/** Flags of every command that talks to an engine. */
export interface EngineFlags extends EngineAddress {
  readonly json?: true;
  readonly confirm?: string;
}

/** Flags of those that talk about one app. */
export interface TargetFlags extends EngineFlags {
  readonly app?: string;
  readonly env?: string;
}

export function withTarget(command: Command): Command {
  return withEngine(withWorkspace(command));
}

export function withWorkspace(command: Command): Command {
  return command
    .option("--app <name>", "the app (DURABLE_APP; the only one there is)")
    .option("--env <name>", "the environment (DURABLE_ENV, dev)");
}

export function withEngine(command: Command): Command {
  return withAddress(command)
    .option("--json", "answer as JSON")
    .option("--confirm <app/env>", "change this app's production without being asked again");
}

export function withAddress(command: Command): Command {
  return command
    .option("--url <url>", "the engine (DURABLE_URL, http://localhost:4400)")
    .option("--profile <name>", "what durable profiles keeps under it (DURABLE_PROFILE)");
}

export type Api = ApiClient & { readonly url: string };

/** Keys come from the environment and from profiles only: other users of a machine can read a command line. */
export async function apiOf(
  flags: EngineFlags,
  environment: Environment,
  token: string | null = credential(environment),
): Promise<Api> {
  const port = value(environment, "DURABLE_PORT") ?? "4400";
  const url = flags.url ?? value(environment, "DURABLE_URL") ?? `http://localhost:${port}`;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw usageError(
      `${flags.url === undefined ? "DURABLE_URL" : "--url"} is ${JSON.stringify(url)}; allowed is an address like http://localhost:4400.`,
    );
  }
  const { createApiClient } = await import("../http/client.ts");
  const confirm = (asked: SecondClick) => confirmChange(asked, flags.confirm);
  return { ...createApiClient({ url, confirm, ...(token === null ? {} : { token }) }), url };
}

export function credential(environment: Environment): string | null {
  return value(environment, "DURABLE_API_KEY") ?? value(environment, "DURABLE_ADMIN_TOKEN") ?? null;
}

/** Which app is meant. Who has only one need not say it. */
export async function workspaceOf(
  flags: TargetFlags,
  environment: Environment,
  api: Api,
): Promise<Workspace> {
  const env = flags.env ?? value(environment, "DURABLE_ENV") ?? "dev";
  const app = flags.app ?? value(environment, "DURABLE_APP");
  if (app !== undefined) return { app, env };
  const { apps } = await api.listApps();
  const here = apps.filter((candidate) => candidate.environment === env);
  if (here.length === 1) return { app: here[0]!.app, env };
  if (here.length > 1) {
    throw usageError(
      `There are several apps in ${env}: ${here.map((one) => one.app).join(", ")}; say which with --app or DURABLE_APP.`,
    );
  }
  throw usageError(
    `The engine at ${api.url} knows no app in ${env} yet; start one, or name it with --app and --env.`,
  );
}

export function value(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined;
}
