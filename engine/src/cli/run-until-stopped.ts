import { EXIT, type ExitCode } from "./exit-codes.ts";

/**
 * One Ctrl-C may reach us twice within milliseconds: from the terminal, and from npm, which passes on what it got.
 * Only a later one is a second wish.
 */
const SAME_WISH_MS = 500;

export interface Stoppable {
  /** Lets go of everything; what is under way is finished first. */
  stop(): Promise<void>;
  say(line: string): void;
}

/** Resolves when we were told to stop and have. Told twice, it exits at once: rows and leases are safe either way. */
export function runUntilStopped({ stop, say }: Stoppable): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    let toldAtMs: number | null = null;
    const tell = () => {
      const nowMs = performance.now();
      if (toldAtMs === null) {
        toldAtMs = nowMs;
        say("Stopping: what is under way is finished first. Once more stops at once.");
        stop().then(() => resolve(EXIT.ok), reject);
      } else if (nowMs - toldAtMs > SAME_WISH_MS) {
        process.exit(EXIT.failed);
      }
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, tell);
    // A Node process that started us with a channel wants to be outlived by nothing: its end is our signal.
    process.once("disconnect", tell);
    process.channel?.unref();
  });
}
