import { Command } from "commander";
import type { Context } from "../context.ts";
import { jsonFlag } from "../json-flag.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface SendFlags extends TargetFlags {
  readonly data?: string;
  readonly id?: string;
}

export function signalsSendCommand(context: Context): Command {
  return withTarget(new Command("send"))
    .description("give a payload to the runs that wait for a signal, now or when they come to their wait")
    .argument("<key>", "what the runs' step.waitForSignal names")
    .option("--data <json>", "what the wait returns, as JSON; null when it is missing")
    .option("--id <id>", "unique per signal: sent again under the same id, it is stored once")
    .action(async (key: string, flags: SendFlags) => {
      const { value: payload } = jsonFlag("--data", flags.data);
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.sendSignal({ params: { ...workspace, key }, body: { payload, id: flags.id } });
      context.say(
        flags.json
          ? JSON.stringify(answer)
          : `The signal is on disk as event ${answer.id}. Runs that wait for ${JSON.stringify(key)} go on.`,
      );
    });
}
