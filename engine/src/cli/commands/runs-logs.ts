import { Command } from "commander";
import type { InputOf } from "../../http/client.ts";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { oneLine } from "../terminal/fit.ts";

/** The engine judges the values: it knows what is allowed, and says so. */
type LogsQuery = NonNullable<InputOf<"listRunLogs">["query"]>;

interface LogsFlags extends TargetFlags {
  readonly level?: string;
  readonly step?: string;
}

const PAGE = 1_000;

export function runsLogsCommand(context: Context): Command {
  return withTarget(new Command("logs"))
    .description("print what the code of a run's steps said; with --json one object per line")
    .argument("<run>", "the run's id")
    .option("--level <level>", "of this level or graver: debug, info, warn or error")
    .option("--step <step>", "only of the step with this name or id")
    .action(async (id: string, { level, step, json, ...target }: LogsFlags) => {
      const api = await apiOf(target, context.environment);
      const workspace = await workspaceOf(target, context.environment, api);
      for (let after: string | undefined; ; ) {
        const query = { level, step, after, limit: PAGE } as LogsQuery;
        const { logs, next } = await api.listRunLogs({ params: { ...workspace, id }, query });
        for (const line of logs) context.say(json ? JSON.stringify(line) : asText(line));
        if (next === null) return;
        after = next;
      }
    });
}

interface Line {
  readonly at: string;
  readonly level: string;
  readonly step: { readonly name: string };
  readonly attempt: number;
  readonly message: string;
  readonly data?: unknown;
}

/** What apps write is shown, never obeyed: nothing in it moves the cursor or colours the terminal. */
function asText({ at, level, step, attempt, message, data }: Line): string {
  const tries = attempt === 1 ? "" : ` (attempt ${attempt})`;
  const more = data === null || data === undefined ? "" : ` ${JSON.stringify(data)}`;
  return `${at} ${level.toUpperCase().padEnd(5)} ${oneLine(step.name)}${tries}: ${oneLine(`${message}${more}`)}`;
}
