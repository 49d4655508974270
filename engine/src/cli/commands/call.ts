import { Command } from "commander";
import type { Context } from "../context.ts";
import { functionOf } from "../function-argument.ts";
import { jsonFlag } from "../json-flag.ts";
import { sayCalled } from "../say-called.ts";
import { apiOf, type TargetFlags, withTarget } from "../target.ts";

export function callCommand(context: Context): Command {
  return withTarget(new Command("call"))
    .description("run a function once, with no run and no history; exit code 1 when it throws")
    .argument("<app/function>", "for example shop/price; the app may be left out where there is only one")
    .option("--data <json>", "what it gets as its event's data, as JSON")
    .action(async (name: string, flags: TargetFlags & { readonly data?: string }) => {
      const api = await apiOf(flags, context.environment);
      const params = await functionOf(name, flags, context.environment, api);
      const { value: input } = jsonFlag("--data", flags.data);
      sayCalled(context, await api.callFunction({ params, body: { input } }), flags.json === true);
    });
}
