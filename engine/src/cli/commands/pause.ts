import { Command } from "commander";
import { jsonOrText } from "../../domain/json-or-text.ts";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface PauseFlags extends TargetFlags {
  readonly tenant?: string;
  readonly limit?: string;
  readonly key?: string;
  readonly all?: true;
  readonly reason?: string;
}

export function pauseCommand(context: Context): Command {
  return withTarget(new Command("pause"))
    .description("hold all that a function, a tenant, a limit's key or the whole workspace has to do")
    .argument("[function]", "the function's id")
    .option("--tenant <value>", "only this tenant of the function; JSON, or text")
    .option("--limit <id>", "runs of one key of this limit, as `limits ls` shows it")
    .option("--key <value>", "which key of the limit; JSON, or text")
    .option("--all", "the whole workspace")
    .option("--reason <text>", "shown to whoever asks why")
    .action(async (functionId: string | undefined, flags: PauseFlags) => {
      const { tenant, limit, key, all, reason } = flags;
      if ([functionId, limit, all].filter((each) => each !== undefined).length !== 1)
        throw usageError("Say what to pause: a function, --limit with --key, or --all.");
      if ((limit === undefined) !== (key === undefined) || (tenant !== undefined && functionId === undefined))
        throw usageError("--limit and --key go together, and --tenant goes with a function.");
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const body = {
        reason,
        function: functionId,
        limit,
        ...(tenant !== undefined && { tenant: scalarOf(tenant) }),
        ...(key !== undefined && { key: scalarOf(key) }),
      };
      const answer = await api.pauseTarget({ params: workspace, body });
      if (flags.json) return context.say(JSON.stringify(answer));
      const under =
        answer.interrupted === 0
          ? ""
          : ` ${answer.interrupted} of its runs ${answer.interrupted === 1 ? "is" : "are"} being called, and held after that.`;
      context.say(
        `It is paused${answer.new ? "" : " already"}.${under} durable resume ${answer.id} lets it go on.`,
      );
    });
}

/** What is no JSON of a scalar is text. */
function scalarOf(text: string): string | number | boolean | null {
  const value = jsonOrText(text);
  return value === null || typeof value !== "object" ? (value as string | number | boolean | null) : text;
}
