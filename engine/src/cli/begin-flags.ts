import { parseDuration, parseInstant, type Start } from "@durable/protocol/wire";
import type { Command } from "commander";
import { usageError } from "./cli-error.ts";

export interface BeginFlags {
  readonly delay?: string;
  readonly at?: string;
}

export function withBegin(command: Command): Command {
  return command
    .option("--delay <duration>", "begin so much later, for example 90s, 2h or 3d")
    .option("--at <time>", "begin then, for example 2030-01-31T09:00:00Z");
}

/** @throws CliError for what is no duration or no time, or for both at once. */
export function beginFlags({ delay, at }: BeginFlags): Start {
  if (delay !== undefined && at !== undefined) throw usageError("Say --delay or --at, not both.");
  if (delay !== undefined) {
    const ms = parseDuration(delay);
    if (Number.isNaN(ms)) throw usageError(`--delay ${delay} is no duration: write 90s, 2h, 1h30m or 3d.`);
    return { delay_ms: Math.round(ms) };
  }
  if (at === undefined) return {};
  if (parseInstant(at) === null)
    throw usageError(`--at ${at} is no time in UTC, such as 2030-01-31T09:00:00Z.`);
  return { at };
}
