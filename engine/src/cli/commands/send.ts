import { Command } from "commander";
import { type BeginFlags, beginFlags, withBegin } from "../begin-flags.ts";
import type { Context } from "../context.ts";
import { jsonFlag } from "../json-flag.ts";
import { apiOf, credential, type TargetFlags, value, withTarget, workspaceOf } from "../target.ts";

interface SendFlags extends TargetFlags, BeginFlags {
  readonly data?: string;
  readonly id?: string;
  readonly tag?: readonly string[];
}

export function sendCommand(context: Context): Command {
  return withBegin(withTarget(new Command("send")))
    .description("send an event")
    .argument("<name>", "the event's name, for example user.created")
    .option("--data <json>", "what the event says, as JSON")
    .option("--id <id>", "unique per event: sent again under the same id, it is accepted once")
    .option("--tag <word...>", "what the runs it starts are found by: runs ls tag:WORD")
    .action(async (name: string, flags: SendFlags) => {
      const { environment } = context;
      const { value: data } = jsonFlag("--data", flags.data);
      const event = {
        name,
        ...(data === undefined ? {} : { data }),
        ...(flags.id === undefined ? {} : { id: flags.id }),
        ...(flags.tag === undefined ? {} : { tags: [...flags.tag] }),
        ...beginFlags(flags),
      };
      const eventKey = value(environment, "DURABLE_EVENT_KEY");
      const api = await apiOf(flags, environment, eventKey ?? credential(environment));
      // An event key belongs to one app and environment, and names them by itself.
      const workspace = eventKey === undefined ? await workspaceOf(flags, environment, api) : null;
      const answer = await api.sendEvents({ query: workspace ?? {}, body: [event] });
      if (flags.json) return context.say(JSON.stringify(answer));
      context.say(`Event ${answer.ids[0]} is on disk.`);
      for (const { function: functionId, run } of answer.runs)
        context.say(`It started run ${run} of ${functionId}.`);
      if (answer.runs.length === 0)
        context.say(
          `It started no run: no function has this trigger, or the id was used before. Runs that wait for it go on. \`durable events why ${answer.ids[0]}\` says which functions were skipped.`,
        );
    });
}
