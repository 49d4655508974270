import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface ListFlags extends TargetFlags {
  readonly event?: string;
  readonly function?: string;
  readonly reason?: string;
  readonly limit: string;
}

export function skipsListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .alias("list")
    .description("list the events that started no run of their own of a function, and why, newest first")
    .option("--event <id>", "only of this event")
    .option("--function <id>", "only of this function")
    .option("--reason <reason>", "only for this reason, such as filtered, duplicate or rate-limited")
    .option("--limit <count>", "so many", "20")
    .action(async (flags: ListFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { event, function: functionId, reason, limit } = flags;
      const query = { event, function: functionId, reason: reason as "filtered" | undefined, limit };
      const answer = await api.listSkips({ params: workspace, query });
      if (flags.json) return context.say(JSON.stringify(answer));
      if (answer.skips.length === 0) return context.say("No such skip: what was sent has started its runs.");
      for (const skip of answer.skips) {
        context.say(
          `${skip.at}  ${skip.id}  ${skip.reason}: ${skip.event.name} (${skip.event.id}) -> ${skip.function}`,
        );
        context.say(
          `  ${skip.detail}${skip.started_run === null ? "" : ` It was run anyway: ${skip.started_run}.`}`,
        );
      }
      if (answer.next !== null)
        context.note("There are more: raise --limit, or narrow with --event, --function or --reason.");
    });
}
