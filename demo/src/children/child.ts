import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface ChildOptions {
  readonly file: string;
  readonly args?: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
  readonly onErrorLine: (line: string) => void;
  readonly onExit: (how: string) => void;
}

/** One process of ours. It ends with us, however we end: the channel between us closes, and it notices. */
export class Child {
  readonly #process: ChildProcess;
  readonly exited: Promise<void>;

  constructor({ file, args = [], environment, onLine, onErrorLine, onExit }: ChildOptions) {
    this.#process = spawn(process.execPath, [file, ...args], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A group of its own: Ctrl-C in the terminal is for us alone, and we stop our children in order.
      detached: process.platform !== "win32",
    });
    createInterface({ input: this.#process.stdout! }).on("line", onLine);
    createInterface({ input: this.#process.stderr! }).on("line", onErrorLine);
    this.exited = new Promise((resolve) => {
      this.#process.once("exit", (code, signal) => {
        onExit(signal ?? `exit code ${code}`);
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get isUp(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Asks it to finish what it does. */
  stop(): Promise<void> {
    if (this.isUp) this.#process.kill("SIGTERM");
    return this.exited;
  }

  kill(): void {
    if (this.isUp) this.#process.kill("SIGKILL");
  }
}
