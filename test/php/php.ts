// PHP as tests need it: the one that is installed, and functions that it serves.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { within } from "../support/wait.ts";

/** Null where there is no PHP that is new enough. */
export const phpVersion: string | null = versionOf("php", ["-r", "echo PHP_VERSION;"], /^8\.[1-9]/);
export const phpunitVersion: string | null = versionOf("phpunit", ["--version"], /^PHPUnit /);

function versionOf(program: string, args: string[], good: RegExp): string | null {
  const { status, stdout } = spawnSync(program, args, { encoding: "utf8" });
  return status === 0 && good.test(stdout) ? stdout.trim() : null;
}

/** One `php -S`, which does one thing at a time, as a worker of php-fpm does. */
export class PhpServer {
  readonly url: string;
  readonly #port: number;
  readonly #script: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #settings: readonly string[];
  #process: ChildProcess | null = null;
  #said = "";

  private constructor(
    port: number,
    script: string,
    environment: Readonly<Record<string, string>>,
    settings: readonly string[],
  ) {
    this.#port = port;
    this.#script = script;
    this.#environment = environment;
    this.#settings = settings;
    this.url = `http://127.0.0.1:${port}/api/durable`;
  }

  /** @param settings Of PHP: `memory_limit=32M`. */
  static async serving(
    script: string,
    environment: Readonly<Record<string, string>>,
    settings: readonly string[] = [],
  ): Promise<PhpServer> {
    const server = new PhpServer(await freePort(), script, environment, settings);
    await server.start();
    return server;
  }

  /** Resolves when it takes requests. */
  async start(): Promise<void> {
    const args = this.#settings.flatMap((setting) => ["-d", setting]);
    const child = spawn("php", [...args, "-S", `127.0.0.1:${this.#port}`, this.#script], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...this.#environment },
    });
    this.#process = child;
    const listens = new Promise<void>((resolve, reject) => {
      child.stderr!.on("data", (piece: Buffer) => {
        this.#said = (this.#said + piece.toString()).slice(-10_000);
        if (this.#said.includes("started")) resolve();
      });
      child.once("exit", () => reject(new Error(`php -S ended. It said: ${this.#said}`)));
    });
    await within("php -S to listen", listens);
  }

  /** Resolves when the process has ended, however that came. */
  async ended(): Promise<void> {
    const child = this.#process;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      await within("php -S to end", once(child, "exit"));
    }
  }

  async stop(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.ended();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
