import { usageError } from "../cli-error.ts";
import { type Config, readConfig } from "../config.ts";
import type { Context } from "../context.ts";
import { jsonLog } from "../log.ts";
import { ROLES } from "../roles.ts";
import { runUntilStopped } from "../run-until-stopped.ts";
import { startEngine } from "../start-engine.ts";

export interface StartFlags {
  readonly port?: string;
  readonly host?: string;
  readonly role?: string;
}

export async function runStart(context: Context, flags: StartFlags): Promise<void> {
  const config = readConfig("production", context.environment, flags);
  requireProduction(config);
  const log = jsonLog(context.environment);
  if (config.roles.length < ROLES.length) {
    log.warn(
      { roles: config.roles },
      "this version does everything in every process; --role is accepted and has no effect yet",
    );
  }
  const engine = await startEngine(config, log);
  log.info({ port: engine.port, host: config.host }, "ready");
  context.exitCode = await runUntilStopped({ stop: () => engine.stop(), say: (line) => log.info(line) });
  log.info("stopped");
}

/** Each is refused with the reason and with what to type. */
function requireProduction(config: Config): void {
  if (config.adminToken === null) {
    throw usageError(
      "DURABLE_ADMIN_TOKEN is not set, and without it nobody could be told from a stranger. " +
        "Make one with `openssl rand -base64 32`, keep it where you keep secrets, and set it; to try Durable without keys use `durable dev`.",
    );
  }
  if (config.encryptionKeys.length === 0) {
    throw usageError(
      "DURABLE_ENCRYPTION_KEY is not set, and without it signing secrets would stand in the database for everybody who reads a backup. " +
        "Make one with `openssl rand -base64 32`, keep it where you keep secrets (what it sealed is lost without it), and give the same to all engines of this database.",
    );
  }
  if (config.databaseUrl === null) {
    throw usageError(
      "DURABLE_DATABASE_URL is not set; production needs a Postgres of yours, for example " +
        "DURABLE_DATABASE_URL=postgres://user:password@host:5432/durable. The embedded one is only for `durable dev`.",
    );
  }
}
