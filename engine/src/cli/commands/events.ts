import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

export function eventsCommand(context: Context): Command {
  return new Command("events")
    .description("why an event started no run")
    .helpCommand(false)
    .addCommand(eventsWhyCommand(context));
}

const SHOWN_MAX = 200;

function eventsWhyCommand(context: Context): Command {
  return withTarget(new Command("why"))
    .description("say which functions an event did not start, and why")
    .argument("[event]", "the event's id; the newest of all events when it is left out")
    .option("--function <id>", "only this function")
    .action(async (event: string | undefined, flags: TargetFlags & { readonly function?: string }) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.listSkips({
        params: workspace,
        query: { event, function: flags.function, limit: SHOWN_MAX },
      });
      if (flags.json) return context.say(JSON.stringify(answer));
      if (answer.skips.length === 0) {
        return context.say(
          `No function was skipped${event === undefined ? "" : ` by event ${event}`}: what has a trigger for it started a run.`,
        );
      }
      for (const skip of answer.skips) {
        context.say(`${skip.at}  ${skip.function} was not started by ${skip.event.name} (${skip.event.id})`);
        context.say(`  ${skip.detail}`);
      }
      if (answer.next !== null) context.note(`There are more; name an event, or narrow with --function.`);
    });
}
