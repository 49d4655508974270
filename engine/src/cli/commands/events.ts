import { Command } from "commander";
import type { AnswerOf } from "../../http/contract/table.ts";
import type { Context } from "../context.ts";
import { describeWait } from "../run-view/describe-wait.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

export function eventsCommand(context: Context): Command {
  return new Command("events")
    .description("what came of an event, and why")
    .helpCommand(false)
    .addCommand(eventsWhyCommand(context));
}

const SHOWN_MAX = 200;

interface WhyFlags extends TargetFlags {
  readonly function?: string;
}

function eventsWhyCommand(context: Context): Command {
  return withTarget(new Command("why"))
    .description("say what the runs of an event wait for, which functions it did not start, and why")
    .argument("[event]", "the event's id; the functions that any event did not start when it is left out")
    .option("--function <id>", "only this function")
    .action(async (event: string | undefined, flags: WhyFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const isShown = (each: { readonly function: string }) =>
        flags.function === undefined || each.function === flags.function;
      if (event === undefined) {
        const query = { function: flags.function, limit: SHOWN_MAX };
        const answer = await api.listSkips({ params: workspace, query });
        if (flags.json) return context.say(JSON.stringify(answer));
        if (answer.skips.length === 0) context.say(`No function was skipped: ${STARTED}`);
        saySkips(context, answer.skips);
        if (answer.next !== null) context.note(`There are more; name an event, or narrow with --function.`);
        return;
      }
      const { runs, skips, ...stored } = await api.getEvent({ params: { ...workspace, id: event } });
      const shown = { ...stored, runs: runs.filter(isShown), skips: skips.filter(isShown) };
      if (flags.json) return context.say(JSON.stringify(shown));
      for (const run of shown.runs) {
        const wait = run.wait === null ? "" : `; it waits for ${describeWait(run.wait)}`;
        context.say(`run ${run.id} of ${run.function} is ${run.status}${wait}`);
      }
      if (shown.skips.length === 0) context.say(`No function was skipped by event ${event}: ${STARTED}`);
      saySkips(context, shown.skips);
    });
}

const STARTED = "what has a trigger for it started a run.";

function saySkips(context: Context, skips: AnswerOf<"listSkips">["skips"]): void {
  for (const skip of skips) {
    context.say(`${skip.at}  ${skip.function} was not started by ${skip.event.name} (${skip.event.id})`);
    context.say(`  ${skip.detail}`);
  }
}
