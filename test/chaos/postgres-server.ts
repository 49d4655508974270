import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Binaries, findBinaries } from "../../engine/src/postgres/binaries.ts";
import { type Identity, serverIdentity } from "../../engine/src/postgres/identity.ts";
import { freePort } from "./free-port.ts";

export interface PostgresServerOptions {
  /** An empty or missing folder of this server alone; the data lies in `<folder>/pgdata`. */
  readonly folder: string;
  readonly settings?: Record<string, string>;
  /** The folder above `bin`, for another Postgres than the embedded one. */
  readonly installation?: string;
}

const USER = "durable";

/**
 * A Postgres of our own as a direct child, so that it can be killed like power failing: SIGKILL to the postmaster,
 * no checkpoint, no farewell; what was committed asynchronously in the last moments is gone. It listens on TCP,
 * because the proxies of the harness stand between it and the engines.
 */
export class PostgresServer {
  readonly port: number;
  readonly url: string;
  readonly logFile: string;
  readonly #binaries: Binaries;
  readonly #identity: Identity;
  readonly #pgdata: string;
  readonly #settings: Record<string, string>;
  #child: ChildProcess | null = null;
  #isClosed = false;

  private constructor(
    binaries: Binaries,
    identity: Identity,
    folder: string,
    port: number,
    settings: Record<string, string>,
  ) {
    this.#binaries = binaries;
    this.#identity = identity;
    this.#pgdata = join(folder, "pgdata");
    this.#settings = settings;
    this.port = port;
    this.logFile = join(folder, "postgres.log");
    this.url = `postgres://${USER}@127.0.0.1:${port}/postgres`;
  }

  static async create(options: PostgresServerOptions): Promise<PostgresServer> {
    mkdirSync(options.folder, { recursive: true });
    const identity = serverIdentity(join(options.folder, "pgdata"));
    const binaries = options.installation
      ? { folder: options.installation, major: "" }
      : findBinaries(identity);
    const server: PostgresServer = new PostgresServer(
      binaries,
      identity,
      options.folder,
      await freePort(),
      options.settings ?? {},
    );
    process.once("exit", () => server.#child?.kill("SIGQUIT"));
    if (!existsSync(server.#pgdata)) await server.#initialize();
    return server;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Resolves when it accepts connections; recovery after a kill included. */
  async start(): Promise<void> {
    const deadline = performance.now() + 60_000;
    while (performance.now() < deadline && !this.#isClosed) {
      const child = this.#spawn();
      const ended = once(child, "exit").then(() => true);
      while (performance.now() < deadline) {
        if (await accepts(this.port)) return;
        // The lock file or the shared memory of the server just killed may still be there: try again.
        if (await Promise.race([ended, sleep(10).then(() => false)])) break;
      }
    }
    throw new Error(
      this.#isClosed ? "Postgres was stopped for good" : `Postgres did not start; see ${this.logFile}`,
    );
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** For good: a start that is under way gives up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end("SIGQUIT");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  #spawn(): ChildProcess {
    const log = openSync(this.logFile, "a");
    const settings = {
      listen_addresses: "127.0.0.1",
      port: String(this.port),
      unix_socket_directories: "",
      max_connections: "120",
      shared_buffers: "64MB",
      wal_level: "minimal",
      max_wal_senders: "0",
      autovacuum_naptime: "10s",
      jit: "off",
      timezone: "UTC",
      restart_after_crash: "on",
      ...this.#settings,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    this.#child = spawn(join(this.#binaries.folder, "bin", "postgres"), ["-D", this.#pgdata, ...args], {
      cwd: this.#pgdata,
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
      stdio: ["ignore", log, log],
      ...this.#account(),
    });
    closeSync(log);
    return this.#child;
  }

  async #initialize(): Promise<void> {
    mkdirSync(this.#pgdata, { mode: 0o700 });
    if (this.#identity.dropped) chownSync(this.#pgdata, this.#identity.uid, this.#identity.gid);
    const args = [
      ...["-D", this.#pgdata, "-U", USER, "--auth=trust"],
      ...["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
    ];
    const child = spawn(join(this.#binaries.folder, "bin", "initdb"), args, {
      cwd: this.#pgdata,
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
      stdio: ["ignore", "ignore", openSync(this.logFile, "a")],
      ...this.#account(),
    });
    const [status] = await once(child, "exit");
    if (status !== 0) throw new Error(`initdb failed: ${readFileSync(this.logFile, "utf8")}`);
  }

  /** Postgres refuses to run as root; the account is the one the embedded server would use. */
  #account(): { uid?: number; gid?: number } {
    return this.#identity.dropped ? { uid: this.#identity.uid, gid: this.#identity.gid } : {};
  }
}

/** True once a session gets its first answer: a listening socket alone also exists while it still recovers. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("error", () => finish(false));
    socket.setTimeout(1_000, () => finish(false));
    socket.once("connect", () => socket.write(startupMessage()));
    socket.once("data", (data) => finish(data[0] === 0x52));
    socket.once("close", () => finish(false));
  });
}

/** The protocol's first message; `R` (0x52) is the answer of a server that lets us in, `E` of one that does not. */
function startupMessage(): Buffer {
  const body = Buffer.from(`user\0${USER}\0database\0postgres\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
}
