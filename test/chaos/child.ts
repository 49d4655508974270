import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync } from "node:fs";

export type Command = readonly [program: string, ...args: string[]];

export interface ChildOptions {
  readonly command: Command;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Each line it writes, when it has written it. */
  readonly onLine: (line: string) => void;
}

const FOLLOW = new URL("../../scripts/boot/follow-boot.mjs", import.meta.url).href;
/** Ends a program without a channel of ours when the harness is gone. */
const SETPRIV = "/usr/bin/setpriv";
const living = new Set<ChildProcess>();

/** A script under Node. The channel ends it when the harness died without a word (follow-boot.mjs). */
export function nodeCommand(script: string, ...args: string[]): Command {
  return [process.execPath, "--import", FOLLOW, script, ...args];
}

/** Any other program. */
export function programCommand(program: string, ...args: string[]): Command {
  return existsSync(SETPRIV) ? [SETPRIV, "--pdeathsig", "KILL", program, ...args] : [program, ...args];
}

// However we end, nothing stays behind. A stopped process dies of SIGKILL, too.
process.once("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

/** One process of the system under test. It is ended by its own pid, whatever state it is in. */
export class Child {
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  readonly #process: ChildProcess;

  constructor(options: ChildOptions) {
    const [program, ...args] = options.command;
    this.#process = spawn(program, args, {
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...options.env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // Ctrl-C in the terminal is for the harness, which ends its children in order.
      detached: true,
    });
    living.add(this.#process);
    this.exited = once(this.#process, "close").then(([code, signal]) => {
      living.delete(this.#process);
      return (signal ?? code) as number | NodeJS.Signals;
    });
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      let rest = "";
      // A pipe whose other end is killed may say so instead of ending.
      stream.on("error", () => {});
      stream.setEncoding("utf8").on("data", (text: string) => {
        appendFileSync(options.logFile, text);
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines) options.onLine(line);
      });
    }
  }

  get pid(): number {
    return this.#process.pid!;
  }

  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.alive) this.#process.kill(signal);
  }
}
