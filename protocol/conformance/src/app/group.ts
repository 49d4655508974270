// A process with all that it starts. It ends when it is told to, and with us, whatever ends us: a signal that nobody hears of
// (a test runner's, after a test that took too long) leaves no app behind that holds its port.

import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** How long it may take to end by itself. */
const STOP_MS = 3_000;
const LOOK_MS = 10;
/** Its input ends when we do. */
const GUARD = 'cat >/dev/null; kill -s KILL -- "-$1"';

export class Group {
  readonly #child: ChildProcess;
  readonly #guard: ChildProcess | null;
  readonly #kill = () => this.#signal("SIGKILL");

  /** @param child Started as the first of a group of its own (`detached`). */
  constructor(child: ChildProcess) {
    this.#child = child;
    this.#guard = child.pid === undefined || process.platform === "win32" ? null : guardOf(child.pid);
    process.once("exit", this.#kill);
  }

  /** Whether its first process has ended. */
  get isOver(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }

  /** Resolves when none of it is left. */
  async stop(): Promise<void> {
    // Before its number may be somebody else's.
    this.#guard?.kill("SIGKILL");
    this.#signal("SIGTERM");
    if (!(await this.#ended())) {
      this.#signal("SIGKILL");
      await this.#ended();
    }
    process.off("exit", this.#kill);
  }

  async #ended(): Promise<boolean> {
    const deadlineMs = performance.now() + STOP_MS;
    while (this.#signal(0)) {
      if (performance.now() > deadlineMs) return false;
      await sleep(LOOK_MS);
    }
    return true;
  }

  /** Whether there was anybody to tell. */
  #signal(name: NodeJS.Signals | 0): boolean {
    if (this.#child.pid === undefined) return false;
    try {
      return process.kill(-this.#child.pid, name);
    } catch {
      return false;
    }
  }
}

function guardOf(pid: number): ChildProcess {
  const guard = spawn("/bin/sh", ["-c", GUARD, "guard", String(pid)], {
    // What is sent to our own group, as by Ctrl+C, does not reach it.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Without it the app ends with us where we hear of our end.
  guard.on("error", () => {});
  guard.stdin?.on("error", () => {});
  return guard;
}
