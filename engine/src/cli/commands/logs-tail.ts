import { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { type LogLine, renderLogLine } from "../run-view/log-line.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

const LEVELS = ["debug", "info", "warn", "error"];
const LINES_MAX = 1_000;

interface TailFlags extends TargetFlags {
  readonly level: string;
  readonly lines: string;
  readonly run?: string;
}

export function logsTailCommand(context: Context): Command {
  return withTarget(new Command("tail"))
    .description("print what steps said last, and what they say from now on; with --json one object per line")
    .option("--level <level>", "of this level or graver: debug, info, warn or error", "debug")
    .option("-n, --lines <count>", "so many of those that were said before", "10")
    .option("--run <run>", "only of this run, from its first line")
    .action(async (flags: TailFlags) => {
      const from = LEVELS.indexOf(flags.level);
      if (from === -1)
        throw usageError(`--level is ${JSON.stringify(flags.level)}; allowed is ${LEVELS.join(", ")}.`);
      const limit = Number(flags.lines);
      if (!Number.isInteger(limit) || limit < 0 || limit > LINES_MAX)
        throw usageError(`--lines is ${JSON.stringify(flags.lines)}; allowed is 0 to ${LINES_MAX}.`);
      const api = await apiOf(flags, context.environment);
      const params = await workspaceOf(flags, context.environment, api);
      const say = (line: LogLine) => {
        if (flags.json) context.say(JSON.stringify(line));
        else
          context.say(flags.run === undefined ? `${line.run} ${renderLogLine(line)}` : renderLogLine(line));
      };
      /** A line that is recorded while both are asked comes by both. */
      const said = new Set<string>();
      const sayLast = async () => {
        const query = { level: flags.level as "debug", limit };
        const { logs } = await api.listLogs({ params, query });
        for (const line of logs.toReversed()) {
          said.add(line.id);
          say(line);
        }
      };
      const topics = [flags.run === undefined ? "logs" : `logs:${flags.run}`];
      let isFirst = flags.run === undefined && limit > 0;
      for await (const event of api.stream({ params, topics })) {
        if (process.stdout.errored !== null) return;
        // Asked when the stream is open: what comes from then on is told by it.
        if (event.event === "open" && isFirst) {
          isFirst = false;
          await sayLast();
        }
        if (event.event === "reset")
          context.note("Lines were left out here; durable logs ls and durable runs logs RUN print them.");
        if (event.event !== "patch") continue;
        const line = { ...event.patch.patch, id: event.patch.id } as unknown as LogLine;
        if (LEVELS.indexOf(line.level) >= from && !said.has(line.id)) say(line);
      }
    });
}
