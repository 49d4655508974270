import { Writable } from "node:stream";
import { type Logger, pino } from "pino";
import { usageError } from "./cli-error.ts";
import type { Environment } from "./context.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;

/** Production: JSON, one object per line, for machines. */
export function jsonLog(environment: Environment): Logger {
  return pino({
    level: readLevel(environment, "info"),
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}

/** Development: a sentence per line on stderr, and only what needs a person, unless DURABLE_LOG asks for more. */
export function terminalLog(
  environment: Environment,
  stream: NodeJS.WritableStream = process.stderr,
): Logger {
  const lines = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      stream.write(`${sentenceOf(JSON.parse(line) as LogEntry)}\n`);
      done();
    },
  });
  return pino({ level: readLevel(environment, "warn"), base: null, timestamp: false }, lines);
}

interface LogEntry extends Record<string, unknown> {
  readonly level: number;
  readonly msg?: string;
  readonly err?: { readonly message?: string };
}

function sentenceOf({ level, msg, err, ...details }: LogEntry): string {
  const name = pino.levels.labels[level] ?? "log";
  const fields = Object.entries(details).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const reason = err?.message === undefined ? [] : [err.message];
  return `${name}: ${[msg ?? "", ...reason].filter((part) => part !== "").join(": ")}${fields.length === 0 ? "" : ` (${fields.join(" ")})`}`;
}

function readLevel(environment: Environment, otherwise: (typeof LEVELS)[number]): string {
  const text = environment["DURABLE_LOG"]?.trim() || otherwise;
  if ((LEVELS as readonly string[]).includes(text)) return text;
  throw usageError(`DURABLE_LOG is ${JSON.stringify(text)}; allowed are ${LEVELS.join(", ")}.`);
}
