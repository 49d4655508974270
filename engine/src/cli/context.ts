import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type Paint, paintFor } from "./terminal/paint.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command may touch: handed in, so that a test can look at what was said. */
export interface Context {
  /** As it was given; before a command's action, with what its profile says. */
  environment: Environment;
  readonly paint: Paint;
  /** Answers, on stdout: what a script reads. */
  say(line: string): void;
  /** What goes on and what went wrong, on stderr: for the person who watches. */
  note(line: string): void;
  /** Becomes the exit code; a command that says nothing succeeded. */
  exitCode: ExitCode;
}

export function processContext(): Context {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreBrokenPipe);
  return {
    environment: process.env,
    paint: paintFor(process.stdout),
    say: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    exitCode: EXIT.ok,
  };
}

/** `runs ls | head`: the reader had enough, and that is no failure. An engine whose words nobody reads goes on. */
function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
