import { Command } from "commander";
import { type BeginFlags, beginFlags, withBegin } from "../begin-flags.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { functionOf } from "../function-argument.ts";
import { jsonFlag } from "../json-flag.ts";
import { apiOf, type TargetFlags, withTarget } from "../target.ts";

interface TriggerFlags extends TargetFlags, BeginFlags {
  readonly data?: string;
  readonly id?: string;
  readonly tag?: readonly string[];
  readonly wait?: string;
}

export function triggerCommand(context: Context): Command {
  return withBegin(withTarget(new Command("trigger")))
    .description("start a run of one function, whatever its triggers")
    .argument("<app/function>", "for example shop/checkout; the app may be left out where there is only one")
    .option("--data <json>", "what the run gets as its event's data, as JSON")
    .option("--id <id>", "unique per start: triggered again under the same id, it finds the same run")
    .option("--tag <word...>", "what the run is found by: runs ls tag:WORD")
    .option("--wait <seconds>", "stay up to 60 seconds for the end; exit code 1 when it failed")
    .action(async (name: string, flags: TriggerFlags) => {
      const api = await apiOf(flags, context.environment);
      const params = await functionOf(name, flags, context.environment, api);
      const { value: data } = jsonFlag("--data", flags.data);
      const answer = await api.triggerFunction({
        params,
        query: { wait: flags.wait ?? 0 },
        body: { data, id: flags.id, tags: flags.tag && [...flags.tag], ...beginFlags(flags) },
      });
      const { status } = answer;
      if (status === "failed" || status === "cancelled") context.exitCode = EXIT.failed;
      if (flags.json) return context.say(JSON.stringify(answer));
      if (status === undefined) return context.say(`Run ${answer.run} of ${answer.function} is on disk.`);
      context.say(`Run ${answer.run} of ${answer.function} is ${status}.`);
      if (status === "completed") context.say(JSON.stringify(answer.output, null, 2));
      if (answer.failure) context.say(`${answer.failure.name}: ${answer.failure.message}`);
    });
}
