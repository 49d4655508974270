import { CommanderError } from "commander";
import type { ApiProblem } from "../http/client.ts";
import { CliError } from "./cli-error.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";

export interface Reported {
  readonly sentence: string;
  readonly exitCode: ExitCode;
}

/** Any error as one sentence and an exit code. A stack is for DURABLE_DEBUG=1. */
export function reportOf(error: unknown): Reported {
  if (error instanceof CliError) return { sentence: error.message, exitCode: error.exitCode };
  if (isApiProblem(error))
    return { sentence: refusal(error), exitCode: EXIT_OF[error.status] ?? EXIT.failed };
  if (error instanceof Error && error.name === "EngineUnreachable")
    return { sentence: `${error.message} ${START_ONE}`, exitCode: EXIT.unreachable };
  if (error instanceof CommanderError) return { sentence: error.message, exitCode: EXIT.usage };
  if (!(error instanceof Error)) return { sentence: String(error), exitCode: EXIT.failed };
  if (SENTENCES.has(error.name)) return { sentence: error.message, exitCode: EXIT.failed };
  const code = codeOf(error);
  const database = DATABASE[code];
  if (database !== undefined) return { sentence: database(error), exitCode: EXIT.unreachable };
  return {
    sentence: `${error.message || code || error.name}. This is a case Durable does not explain yet; run it again with DURABLE_DEBUG=1 to see where it happened.`,
    exitCode: EXIT.failed,
  };
}

/** By name: the class would bring the whole client with it, also for commands that never call an engine. */
function isApiProblem(error: unknown): error is ApiProblem {
  return error instanceof Error && error.name === "ApiProblem";
}

/** The engine's own sentence, and every single thing it found wrong. */
function refusal({ message, problem }: ApiProblem): string {
  const errors = problem.errors ?? [];
  return errors.length < 2
    ? message
    : [message, ...errors.map((error) => `  ${error.pointer} ${error.detail}`)].join("\n");
}

const EXIT_OF: Record<number, ExitCode> = {
  401: EXIT.denied,
  403: EXIT.denied,
  404: EXIT.notFound,
  428: EXIT.denied,
  422: EXIT.usage,
  503: EXIT.unreachable,
};
const START_ONE = "Start one with `durable dev`, or set DURABLE_URL to where it is.";

/** Errors of ours whose message is a sentence already. */
const SENTENCES = new Set(["EmbeddedPostgresError", "MigrationError", "UnknownEncryptionKey"]);

type Sentence = (error: Error) => string;
const CHECK = "check DURABLE_DATABASE_URL";

/** What opening a database can run into: codes of Node, of postgres.js and of Postgres. */
const DATABASE: Record<string, Sentence> = {
  ECONNREFUSED: (error) => `Postgres does not answer${at(error)}; start it, or ${CHECK}.`,
  ENOENT: (error) => `Postgres does not answer${at(error)}; start it, or ${CHECK}.`,
  ENOTFOUND: (error) => `The host of the database${at(error)} is not known; ${CHECK}.`,
  EAI_AGAIN: (error) =>
    `The host of the database${at(error)} could not be looked up; ${CHECK} and the network.`,
  ETIMEDOUT: (error) => `Postgres does not answer${at(error)} in time; ${CHECK} and the network.`,
  CONNECT_TIMEOUT: (error) => `Postgres does not answer${at(error)} within 10 s; ${CHECK} and the network.`,
  CONNECTION_CLOSED: () => `Postgres closed the connection; look into its log, then try again.`,
  "28P01": () => `Postgres refused the password; ${CHECK}.`,
  "28000": (error) => `Postgres refused the login (${error.message}); ${CHECK}.`,
  "3D000": (error) => `Postgres says: ${error.message}; create it, or ${CHECK}.`,
  "42501": (error) =>
    `Postgres says: ${error.message}; the engine's user must be allowed to create a schema.`,
  "53300": () => "Postgres has no free connection left; raise max_connections, or stop another client.",
  "57P03": () => "Postgres is starting up or shutting down; try again in a moment.",
};

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function at(error: Error): string {
  const { address, port } = error as { address?: unknown; port?: unknown };
  const place = [address, port].flat().filter((part) => part !== undefined && part !== null);
  return place.length === 0 ? "" : ` at ${[...new Set(place)].join(":")}`;
}
