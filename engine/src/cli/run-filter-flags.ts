import type { Command } from "commander";
import type { InputOf } from "../http/contract/api.ts";

/** Which runs are meant, as `runs ls` and `bulk run` take it. */
export interface RunFilterFlags {
  readonly status?: string;
  readonly function?: string;
  readonly version?: string;
  readonly error?: string;
  readonly step?: string;
  readonly from?: string;
  readonly to?: string;
}

/** The engine judges the values: it knows what is allowed, and says so. */
export type RunFilterQuery = Omit<NonNullable<InputOf<"listRuns">["query"]>, "limit" | "cursor">;

export function withRunFilter(command: Command): Command {
  return command
    .option("--status <status>", "queued, running, waiting, paused, completed, failed or cancelled")
    .option("--function <id>", "only of this function")
    .option("--version <number>", "only of this version of it")
    .option(
      "--error <name>",
      "only those that failed with, or are paused for, this error: a name, or a fingerprint from errors ls",
    )
    .option("--step <name>", "only those whose failure comes from this step")
    .option("--from <time>", "only those that were created at this time or later")
    .option("--to <time>", "only those that were created before this time");
}

export function runFilterOf({
  status,
  version,
  error,
  step,
  from,
  to,
  ...flags
}: RunFilterFlags): RunFilterQuery {
  return {
    ...{ status, function: flags.function, version, error, step },
    ...{ from: instantOf(from), to: instantOf(to) },
  } as RunFilterQuery;
}

/** What is no time is left to the engine to refuse. */
function instantOf(text: string | undefined): string | undefined {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? text : new Date(ms).toISOString();
}
