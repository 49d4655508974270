import { EXIT, type ExitCode } from "./exit-codes.ts";

/** Ends the command. The message is one sentence: what happened, why, what to do. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export const usageError = (message: string): CliError => new CliError(EXIT.usage, message);
export const failed = (message: string, cause?: unknown): CliError =>
  new CliError(EXIT.failed, message, { cause });
