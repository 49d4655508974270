/**
 * What an error of the database means for the caller. The hot path asks of it: may I simply do it again, may it
 * have happened already, is it the data's fault or the server's?
 */

/** The five characters that Postgres gives every error, or null for an error that is not from Postgres. */
export function sqlState(error: unknown): string | null {
  const code = codeOf(error);
  return code !== null && isPostgresError(error) ? code : null;
}

/** The statement was sent, or may have been, and no answer came: it happened or it did not. Read before repeating. */
export function isUnknownOutcome(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && UNKNOWN.has(code);
}

/** The database could not be reached or went away; also true for every unknown outcome. Wait a little, then retry. */
export function isConnectionLoss(error: unknown): boolean {
  const code = codeOf(error);
  if (code === null) return false;
  return UNKNOWN.has(code) || NOT_SENT.has(code) || (isPostgresError(error) && code.startsWith("08"));
}

/** Two statements were in each other's way and this one was rolled back: do it again at once. */
export function isConflict(error: unknown): boolean {
  const state = sqlState(error);
  return state === "40001" || state === "40P01" || state === "55P03";
}

/** This process has closed its connections itself: whatever it repeats is refused as well. */
export function isEnded(error: unknown): boolean {
  return codeOf(error) === "CONNECTION_ENDED";
}

/**
 * Out of disk, memory or connections; cancelled by a timeout or an operator; read-only while the database is being
 * moved. It was rolled back through no fault of its own, and the same statement may well succeed later.
 */
export function isServerTrouble(error: unknown): boolean {
  return /^(53|57|58|25006)/.test(sqlState(error) ?? "");
}

/** The values can never be stored (too large, not a number, a broken encoding): repeating does not help. */
export function isDataError(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error) ?? "");
}

const UNKNOWN = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  // The server was told to end, or crashed, while it worked on the statement.
  "57P01",
  "57P02",
  "08006",
]);

const NOT_SENT = new Set([
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ENOENT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  // Starting up or shutting down; no connection left.
  "57P03",
  "53300",
]);

function isPostgresError(error: unknown): boolean {
  return error instanceof Error && error.name === "PostgresError";
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
