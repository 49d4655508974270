import type { Logger } from "pino";
import { createEngine, type Engine } from "../engine.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../postgres/server.ts";
import type { Config } from "./config.ts";
import { devEncryptionKey } from "./dev-encryption-key.ts";
import { requireFreePort } from "./free-port.ts";
import { settleIn } from "./settle-in.ts";

export interface RunningEngine {
  readonly port: number;
  /** null: a database of the user's own. */
  readonly postgres: EmbeddedPostgres | null;
  /** Drains the engine, then stops the embedded Postgres. */
  stop(): Promise<void>;
}

/** Postgres, then the engine on top of it. If the engine cannot start, Postgres is stopped again. */
export async function startEngine(config: Config, log: Logger): Promise<RunningEngine> {
  await requireFreePort(config.host, config.port);
  const postgres =
    config.databaseUrl === null
      ? await startEmbeddedPostgres({ dataDir: config.dataDir, log: (line) => log.warn(line) })
      : null;
  let engine: Engine | undefined;
  const stop = async () => {
    await engine?.stop();
    await postgres?.stop();
  };
  try {
    engine = createEngine({
      mode: config.mode,
      database: postgres === null ? { url: config.databaseUrl! } : { options: postgres.options },
      host: config.host,
      port: config.port,
      adminToken: config.adminToken,
      metricsToken: config.metricsToken ?? null,
      encryptionKeys:
        config.encryptionKeys.length > 0 ? config.encryptionKeys : [devEncryptionKey(config.dataDir)],
      leaseMs: config.leaseMs,
      pollMs: config.pollMs,
      slots: config.slots,
      streams: config.streams,
      egress: config.egress,
      telemetry: config.telemetry ?? null,
      log,
    });
    const { port } = await engine.start();
    settleIn();
    return { port, postgres, stop };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}
